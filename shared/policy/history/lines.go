package history

import "bytes"

// splitLines cuts a file in which each line is a record.
func (f *feed) splitLines() error {
	for {
		if err := f.fill(); err != nil {
			return err
		}
		if f.eof {
			return f.ship(f.n, nil, true)
		}
		if err := f.cutLines(); err != nil {
			return err
		}
	}
}

// cutLines ships the whole lines of a full buffer.
func (f *feed) cutLines() error {
	if cut := bytes.LastIndexByte(f.buf[:f.n], '\n') + 1; cut > 0 {
		return f.ship(cut, nil, false)
	}
	return f.skipLine()
}

// skipLine counts the line with which the buffer is full, and drops it.
func (f *feed) skipLine() error {
	f.tooLong(f.line, f.base)
	for {
		if end := bytes.IndexByte(f.buf[:f.n], '\n'); end >= 0 {
			f.drop(end + 1)
			return nil
		}
		f.drop(f.n)
		if f.eof {
			return nil
		}
		if err := f.fill(); err != nil {
			return err
		}
	}
}
