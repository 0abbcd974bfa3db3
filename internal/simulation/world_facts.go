package simulation

import (
	"strconv"
	"time"

	"disputecloser/shared/dispute"
)

// truth is yes, no, or not known.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

func (t truth) String() string {
	return map[truth]string{no: "no", yes: "yes", unknown: "nothing"}[t]
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// facts is a dispute as it stands at WooshPay, in the simulation's own type, which the watchers use instead of what the
// code under test decodes. Facts are immutable; a change makes new ones.
type facts struct {
	id     dispute.ID
	status dispute.Status
	// amount and submissions are negative where WooshPay does not show them.
	amount, submissions int64
	currency            string
	// created and dueBy are zero where WooshPay does not show them.
	created, dueBy                  time.Time
	livemode, hasEvidence, refunded truth
	reasonCode                      string
	// plan is the metadata's value for this key. An empty plan leaves the key out; noMetadata leaves all metadata out.
	plan       string
	noMetadata bool
	// charge is set if the dispute names a charge, and expanded if it holds the charge as an object; shows is whether that
	// object says that the charge is refunded.
	charge, expanded bool
	shows            truth
	// unread is set if WooshPay does not know the charge, or has no way to read it.
	unread bool
	// millis makes instants milliseconds on the wire, seconds otherwise.
	millis bool

	decoded *dispute.Dispute
	wire    []byte
}

// chargeID is the dispute's charge.
func (f *facts) chargeID() string { return "ch_" + string(f.id) }

// with returns a copy to be changed.
func (f *facts) with() *facts {
	next := *f
	next.decoded, next.wire = nil, nil
	return &next
}

// dispute returns the facts as the project's own decoder reads them off the wire.
func (f *facts) dispute() dispute.Dispute {
	if f.decoded == nil {
		d, err := dispute.Parse(f.body())
		if err != nil {
			panic(err)
		}
		f.decoded = &d
	}
	return *f.decoded
}

// body is the dispute on the wire.
func (f *facts) body() []byte {
	if f.wire == nil {
		f.wire = f.encode(make([]byte, 0, 400))
	}
	return f.wire
}

func (f *facts) encode(b []byte) []byte {
	b = append(b, `{"id":"`...)
	b = append(b, f.id...)
	b = append(b, `","object":"dispute","status":"`...)
	b = append(b, f.status...)
	b = append(b, '"')
	b = number(b, "amount", f.amount)
	b = text(b, "currency", f.currency)
	b = f.moment(b, "created", f.created)
	b = flag(b, "livemode", f.livemode)
	b = text(b, "reason_code", f.reasonCode)
	b = f.encodeCharge(b)
	if !f.noMetadata {
		b = append(b, `,"metadata":{"order":"7"`...)
		b = text(b, "plan", f.plan)
		b = append(b, '}')
	}
	b = append(b, `,"evidence_details":{"past_due":null`...)
	b = f.moment(b, "due_by", f.dueBy)
	b = flag(b, "has_evidence", f.hasEvidence)
	b = number(b, "submission_count", f.submissions)
	return append(b, '}', '}')
}

func (f *facts) encodeCharge(b []byte) []byte {
	switch {
	case !f.charge:
		return b
	case !f.expanded:
		return text(b, "charge", f.chargeID())
	}
	b = append(key(b, "charge"), `{"id":"`...)
	b = append(b, f.chargeID()...)
	b = append(b, `","object":"charge"`...)
	return append(flag(b, "refunded", f.shows), '}')
}

func number(b []byte, name string, n int64) []byte {
	if n < 0 {
		return b
	}
	return strconv.AppendInt(key(b, name), n, 10)
}

func text(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return strconv.AppendQuote(key(b, name), value)
}

func flag(b []byte, name string, t truth) []byte {
	if t == unknown {
		return append(key(b, name), "null"...)
	}
	return strconv.AppendBool(key(b, name), t == yes)
}

func (f *facts) moment(b []byte, name string, t time.Time) []byte {
	switch {
	case t.IsZero():
		return b
	case f.millis:
		return strconv.AppendInt(key(b, name), t.UnixMilli(), 10)
	}
	return strconv.AppendInt(key(b, name), t.Unix(), 10)
}

func key(b []byte, name string) []byte {
	b = append(b, `,"`...)
	b = append(b, name...)
	return append(b, `":`...)
}
