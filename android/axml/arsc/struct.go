package arsc

// Chunk types (ResourceTypes.h, ResChunk_header).
const (
	resTableType         = 0x0002
	resTablePackageType  = 0x0200
	resTableTypeType     = 0x0201
	resTableTypeSpecType = 0x0202
)

// Sizes in bytes of fixed structures (ResourceTypes.h).
const (
	tableHeaderSize    = 12
	packageHeaderSize  = 284 // without typeIdOffset, which came later
	typeSpecHeaderSize = 16
	typeHeaderSize     = 24 // with the size of the configuration, which can end there
	configSize         = 64 // the newest ResTable_config
	entrySize          = 8  // ResTable_entry
	valueSize          = 8  // Res_value
)

const (
	typeSparse   = 0x01 // ResTable_type.flags
	typeOffset16 = 0x02
	entryComplex = 0x0001 // ResTable_entry.flags
	entryCompact = 0x0008
	noEntry      = 0xffffffff
)
