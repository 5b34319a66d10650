package finding

import _ "embed"

// JSONSchema is the JSON Schema (draft 2020-12) of the report, as published beside the code.
//
//go:embed report.schema.json
var JSONSchema []byte
