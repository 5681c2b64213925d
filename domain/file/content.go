package file

import (
	"bufio"
	"io"

	"luukku/base/fault"
)

// wrong is a fault of a file, at the field where files are chosen.
func wrong(key, name string, args fault.Args) *fault.Fault {
	all := fault.Args{"name": name}
	for k, v := range args {
		all[k] = v
	}
	return fault.Invalid("form.invalid", nil, fault.Field{Name: Field, Key: key, Args: all})
}

// Field is the name of the field where files are chosen.
const Field = "files"

// check looks at the whole of a file that has come in: what it is, what it may be called, and whether anything in it keeps it from being taken. Faults: Invalid at Field.
func check(at io.ReaderAt, size int64, head []byte, name string) (Type, string, error) {
	t := sniff(head)
	var err error
	switch {
	case size == 0:
		return "", "", wrong("file.empty", name, nil)
	case t == "":
		return "", "", wrong("file.type", name, nil)
	case t == ZIP:
		t, err = checkPacked(at, size, name)
	case t == PDF:
		err = checkPDF(at, size, name)
	case t.row().text:
		err = checkText(at, size, name)
	}
	if err != nil {
		return "", "", err
	}
	fitting, ok := fits(name, t)
	if !ok {
		_, ext := Split(name)
		return "", "", wrong("file.mislabelled", name, fault.Args{"ext": ext, "is": t.Slug()})
	}
	return t, fitting, nil
}

// checkText refuses what begins as text and goes on as something else.
func checkText(at io.ReaderAt, size int64, name string) error {
	in := bufio.NewReaderSize(io.NewSectionReader(at, 0, size), 64<<10)
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' {
			return wrong("file.type", name, nil)
		}
	}
}
