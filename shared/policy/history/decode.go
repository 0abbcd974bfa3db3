package history

import (
	"encoding/json"
	"strconv"
	"strings"

	"disputecloser/shared/dispute"
)

// decoder reads disputes with the meaning of dispute.Parse, in one pass and without allocating: what Parse
// leaves unknown is unknown here, and of a field that occurs twice the last counts.
type decoder struct {
	cursor
	words    words
	metadata map[string]json.RawMessage
	// hasDetails tells whether evidence_details is an object; embedded is the span of a case's dispute.
	hasDetails bool
	embedded   []byte
	object     string
	// cut tells of the text read last that it ended too early; failed is what could not be read of it.
	cut    bool
	failed []byte
}

func newDecoder() *decoder {
	return &decoder{words: newWords(), metadata: map[string]json.RawMessage{}}
}

// decode reads a dispute, or an exported case: an object with a state and its dispute. False means that
// dispute.Parse returns an error for it.
func (d *decoder) decode(text []byte, r *Record) bool {
	if !d.whole(text, r) {
		return false
	}
	state := ""
	if d.embedded != nil && r.State != "" {
		state = r.State
		d.whole(d.embedded, r) // It was checked with the case.
	}
	r.State = state
	d.failed = d.b
	return len(r.ID) > 0 && (d.object == "" || strings.EqualFold(d.object, "dispute"))
}

// whole reads the one object that text is.
func (d *decoder) whole(text []byte, r *Record) bool {
	d.cursor = cursor{b: text}
	d.hasDetails, d.embedded, d.object, d.cut = false, nil, "", false
	*r = Record{Byte: r.Byte}
	d.space()
	if !d.at('{') || !d.fields(r) {
		d.cut, d.failed = d.i == len(text), text
		return false
	}
	if d.space(); d.i < len(text) {
		return false
	}
	if !d.hasDetails {
		r.DueMs = d.workByDate(r.Facts.Metadata)
	}
	if r.DueMs < r.CreatedMs {
		r.DueMs = 0
	}
	return true
}

func (d *decoder) fields(r *Record) bool {
	for first := true; ; first = false {
		name, more, ok := d.key(first)
		if !more || !ok {
			return ok
		}
		if !d.plain {
			name = d.name(name)
		}
		if !d.field(string(name), r) {
			return false
		}
	}
}

// name returns a field's name that does not stand for itself.
func (d *decoder) name(raw []byte) []byte {
	return unquoted(append(append([]byte{'"'}, raw...), '"'))
}

func (d *decoder) field(name string, r *Record) bool {
	switch name {
	case "evidence_details":
		return d.details(r)
	case "metadata":
		return d.labels(r)
	}
	v, ok := d.span()
	if !ok {
		return false
	}
	f := &r.Facts
	switch name {
	case "id":
		r.ID = d.id(v)
	case "amount":
		f.Amount = integer(v)
	case "currency":
		f.Currency = d.words.currency(d.text(v))
	case "created":
		r.CreatedMs = instant(v)
	case "status":
		f.Status = d.words.text(d.text(v))
	case "reason_type":
		f.ReasonType = d.words.code(d.text(v))
	case "reason_code":
		f.ReasonCode = d.words.code(d.text(v))
	case "livemode":
		f.Livemode = boolean(v)
	case "object":
		d.object = d.words.text(d.text(v))
	case "state":
		r.State = d.words.text(d.text(v))
	case "dispute":
		d.embedded = objectOrNil(v)
	}
	return true
}

func objectOrNil(v []byte) []byte {
	if v[0] == '{' {
		return v
	}
	return nil
}

// span reads any value of the object and returns its text.
func (d *decoder) span() ([]byte, bool) {
	start := d.i
	ok := d.value(1)
	return d.b[start:d.i], ok
}

// details reads evidence_details.
func (d *decoder) details(r *Record) bool {
	f := &r.Facts
	r.DueMs, f.HasEvidence, f.PastDue = 0, dispute.Maybe[bool]{}, dispute.Maybe[bool]{}
	f.SubmissionCount = dispute.Maybe[int64]{}
	if d.hasDetails = d.at('{'); !d.hasDetails {
		return d.value(1)
	}
	for first := true; ; first = false {
		name, more, ok := d.key(first)
		if !more || !ok {
			return ok
		}
		if !d.plain {
			name = d.name(name)
		}
		start := d.i
		if !d.value(2) {
			return false
		}
		v := d.b[start:d.i]
		switch string(name) {
		case "due_by":
			r.DueMs = instant(v)
		case "has_evidence":
			f.HasEvidence = boolean(v)
		case "past_due":
			f.PastDue = boolean(v)
		case "submission_count":
			f.SubmissionCount = integer(v)
		}
	}
}

// labels reads metadata.
func (d *decoder) labels(r *Record) bool {
	r.Facts.Metadata = nil
	if !d.at('{') {
		return d.value(1)
	}
	clear(d.metadata)
	for first := true; ; first = false {
		name, more, ok := d.key(first)
		if !ok {
			return false
		}
		if !more {
			r.Facts.Metadata = d.metadata
			return true
		}
		if !d.plain {
			name = d.name(name)
		}
		key := d.words.text(name)
		start := d.i
		if !d.value(2) {
			return false
		}
		d.metadata[key] = d.b[start:d.i:d.i]
	}
}

// workByDate is the deadline of a dispute that came without evidence_details.
func (d *decoder) workByDate(metadata map[string]json.RawMessage) int64 {
	v, present := metadata["work_by_date"]
	if !present || v[0] != '"' {
		return 0
	}
	n, err := strconv.ParseInt(string(unquoted(v)), 10, 64)
	if err != nil {
		return 0
	}
	return instantMs(n)
}

// text returns a string's characters; of anything else, none. The string must be the one read last.
func (d *decoder) text(v []byte) []byte {
	switch {
	case v[0] != '"':
		return nil
	case d.plain:
		return v[1 : len(v)-1]
	default:
		return unquoted(v)
	}
}

func (d *decoder) id(v []byte) []byte {
	if v[0] == '-' || isDigit(v[0]) {
		return v
	}
	return d.text(v)
}

func boolean(v []byte) dispute.Maybe[bool] {
	switch v[0] {
	case 't':
		return dispute.Known(true)
	case 'f':
		return dispute.Known(false)
	}
	return dispute.Maybe[bool]{}
}

// shortInteger is a length whose digits never overflow an int64.
const shortInteger = 18

func integer(v []byte) dispute.Maybe[int64] {
	if len(v) > shortInteger || !isDigit(v[0]) {
		return longInteger(v)
	}
	var n int64
	for _, ch := range v {
		if !isDigit(ch) {
			return dispute.Maybe[int64]{}
		}
		n = n*10 + int64(ch-'0')
	}
	return dispute.Known(n)
}

func longInteger(v []byte) dispute.Maybe[int64] {
	if v[0] != '-' && !isDigit(v[0]) {
		return dispute.Maybe[int64]{}
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return dispute.Maybe[int64]{}
	}
	return dispute.Known(n)
}

func instant(v []byte) int64 {
	n, _ := integer(v).Get()
	return instantMs(n)
}

// The bounds are those of package dispute.
const (
	firstMs  = 100_000_000_000
	year2000 = 946_684_800_000
	year2100 = 4_102_444_800_000
)

// instantMs reads a timestamp in seconds or milliseconds since the Unix epoch; what is implausible is unknown.
func instantMs(n int64) int64 {
	if n < firstMs {
		n = max(n, 0) * 1000
	}
	if n < year2000 || n >= year2100 {
		return 0
	}
	return n
}
