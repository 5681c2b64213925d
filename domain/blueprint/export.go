package blueprint

// Export writes a document as a file.
func Export(d Document) ([]byte, error) { return nil, nil }
