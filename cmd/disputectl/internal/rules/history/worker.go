package history

import "fmt"

// worker decodes records and hands them to its visitor.
type worker struct {
	visitor             Visitor
	records, cases, bad int64
	faults              []Fault
	// ids has a digest of each record's id.
	ids []uint64
}

// run works until the feed ends.
func (w *worker) run(f *feed) {
	for b := range f.full {
		for _, s := range b.spans {
			w.one(b.text[s.from:s.to], s)
		}
		f.free <- b
	}
}

// one works on one record.
func (w *worker) one(text []byte, s span) {
	if s.long {
		w.fault(s, fmt.Sprintf("longer than %d bytes", MaxRecord))
		return
	}
	r, err := recordOf(text)
	if err != nil {
		w.fault(s, err.Error())
		return
	}
	r.Byte = s.at
	w.records++
	w.ids = append(w.ids, digest(r.ID))
	if r.State != "" {
		w.cases++
	}
	w.visitor.Visit(&r)
}

func (w *worker) fault(s span, reason string) {
	w.bad++
	if len(w.faults) < MaxFaults {
		w.faults = append(w.faults, Fault{Line: s.line, Byte: s.at, Reason: reason})
	}
}
