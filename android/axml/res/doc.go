// Package res reads what binary XML and resource tables are both made of: chunks, string pools and typed values, each
// within bounds. All positions and sizes are bytes of the file.
//
// Sources: frameworks/base libs/androidfw ResourceTypes.h and ResourceTypes.cpp.
package res

// StringPoolType is the type of a chunk that holds a string pool (ResourceTypes.h, RES_STRING_POOL_TYPE).
const StringPoolType = 0x0001

// Sizes in bytes of fixed structures (ResourceTypes.h).
const (
	ChunkHeaderSize = 8
	PoolHeaderSize  = 28
)

// poolUTF8 is a flag of ResStringPool_header.
const poolUTF8 = 0x100

// StringCost is what the androidbinary module allocates for a string of a pool beside its bytes: header and offset, twice.
const StringCost = 24
