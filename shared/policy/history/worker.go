package history

import (
	"bytes"

	"disputecloser/shared/dispute"
)

// worker decodes the records of chunks and hands them to its visitor.
type worker struct {
	visitor             Visitor
	decoder             *decoder
	record              Record
	records, cases, bad int64
	faults              []Fault
	// ids has a digest of each record's id.
	ids []uint64
	// cut is the error of a last line that is not complete.
	cut error
}

func newWorker(v Visitor) *worker { return &worker{visitor: v, decoder: newDecoder()} }

// run works until the feed ends.
func (w *worker) run(f *feed) {
	for c := range f.full {
		select {
		case <-f.done:
			continue
		default:
		}
		if c.lined {
			w.lines(c)
		}
		for _, s := range c.spans {
			w.one(c, s)
		}
		f.free <- c.text[:0]
	}
}

// lines works on a chunk in which each line is a record, and blank lines are nothing.
func (w *worker) lines(c chunk) {
	for from := 0; from < len(c.text); {
		length := bytes.IndexByte(c.text[from:], '\n')
		unended := length < 0
		if unended {
			length = len(c.text) - from
		}
		s := span{from, from + length}
		if !isBlank(c.text[s.from:s.to]) && !w.one(c, s) && c.last && unended && w.decoder.cut {
			w.cut = c.at(s.to, ErrTruncated)
		}
		from = s.to + 1
	}
}

func isBlank(text []byte) bool {
	return len(text) == 0 || text[0] <= ' ' && len(bytes.TrimSpace(text)) == 0
}

// one works on one record and tells whether it could be read.
func (w *worker) one(c chunk, s span) bool {
	text := c.text[s.from:s.to]
	w.record.Byte = c.base + int64(s.from)
	w.decoder.cut = false
	if len(text) > MaxRecord || !w.decoder.decode(text, &w.record) {
		w.fault(c, s)
		return false
	}
	w.records++
	w.ids = append(w.ids, digest(w.record.ID))
	if w.record.State != "" {
		w.cases++
	}
	w.visitor.Visit(&w.record)
	return true
}

func (w *worker) fault(c chunk, s span) {
	w.bad++
	if len(w.faults) == MaxFaults {
		return
	}
	f := Fault{Line: c.line + int64(bytes.Count(c.text[:s.from], []byte{'\n'})), Byte: c.base + int64(s.from), Reason: reasonLong}
	if s.to-s.from <= MaxRecord {
		f.Reason = reason(w.decoder.failed)
	}
	w.faults = append(w.faults, f)
}

// reason says why a text is no dispute, in the words of dispute.Parse.
func reason(text []byte) string {
	_, err := dispute.Parse(text)
	if err == nil {
		return "not understood"
	}
	return err.Error()
}
