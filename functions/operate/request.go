package operate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Request is the body of a request, as JSON. An act takes no other fields than its own.
type Request struct {
	// Dispute names the case; none for pause and resume, which are about all closing.
	Dispute dispute.ID `json:"dispute,omitempty"`
	// Why is recorded with the caller's identity.
	Why string `json:"why"`
	// Amount, in the currency's minor unit, and Currency are what the person agrees to concede (close only).
	Amount   int64  `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
	// Version is the version of the case that the person was shown. A close needs it; otherwise 0 means any.
	Version int64 `json:"version,omitempty"`
}

func (r Request) agreed() dispute.Money {
	return dispute.Money{Amount: r.Amount, Currency: r.Currency}
}

// need says whether an act takes a field.
type need int

const (
	refusedField need = iota
	optional
	required
)

// forms says what each act takes besides why.
var forms = map[Act]struct{ dispute, money, version need }{
	Keep:    {dispute: required, version: optional},
	Close:   {dispute: required, money: required, version: required},
	Release: {dispute: required, version: optional},
	Pause:   {},
	Resume:  {},
}

// maxFaults bounds how many faults of one request are named.
const maxFaults = 20

type faults []string

func (f *faults) add(format string, args ...any) {
	switch {
	case len(*f) < maxFaults:
		*f = append(*f, fmt.Sprintf(format, args...))
	case len(*f) == maxFaults:
		*f = append(*f, "there are more faults")
	}
}

// parse reads the request of an act, and returns everything that is wrong with it.
func parse(act Act, body []byte) (Request, []string) {
	var r Request
	var f faults
	if !utf8.Valid(body) || !json.Valid(body) || bytes.TrimSpace(body)[0] != '{' {
		f.add("the body is not one JSON object, in UTF-8 and with nothing after it")
		return r, f
	}
	broken := r.decode(body, &f)
	r.check(act, broken, &f)
	return r, f
}

// decode fills the request from a valid JSON object, and returns the fields whose values cannot be read.
func (r *Request) decode(body []byte, f *faults) (broken map[string]bool) {
	fields := map[string]any{"dispute": &r.Dispute, "why": &r.Why, "amount": &r.Amount, "currency": &r.Currency, "version": &r.Version}
	seen := map[string]bool{}
	broken = map[string]bool{}
	d := json.NewDecoder(bytes.NewReader(body))
	_, _ = d.Token() // the opening brace; the whole is valid
	for d.More() {
		token, _ := d.Token()
		name, _ := token.(string)
		var value json.RawMessage
		_ = d.Decode(&value)
		field, known := fields[name]
		switch {
		case !known:
			f.add("there is no field %.40q", name)
		case seen[name]:
			f.add("%s is given twice", name)
			broken[name] = true
		default:
			seen[name] = true
			if json.Unmarshal(value, field) != nil {
				f.add("%s is not %s", name, kindOf(field))
				broken[name] = true
			}
		}
	}
	return broken
}

func kindOf(field any) string {
	if _, ok := field.(*int64); ok {
		return "a whole number of at most 64 bits"
	}
	return "a text"
}

// check compares the request with what the act takes. A field that is broken is not named again.
func (r *Request) check(act Act, broken map[string]bool, f *faults) {
	form := forms[act]
	takes := func(name string, n need, given bool, what string) {
		switch {
		case broken[name]:
		case n == required && !given:
			f.add("%s is missing: %s", name, what)
		case n == refusedField && given:
			f.add("%s takes no %s", act, name)
		}
	}
	takes("dispute", form.dispute, r.Dispute != "", "the id of the dispute")
	if err := dispute.CheckID(r.Dispute); err != nil {
		f.add("dispute: %v", err)
	}
	if !broken["why"] {
		var bad []error
		r.Why, bad = closing.CheckWhy(r.Why)
		for _, fault := range bad {
			f.add("why: %v", fault)
		}
	}
	takes("amount", form.money, r.Amount != 0, "what you agree to concede, in the currency's minor unit")
	if r.Amount < 0 {
		f.add("amount is below zero")
	}
	takes("currency", form.money, r.Currency != "", "the currency of the amount, such as usd")
	takes("version", form.version, r.Version != 0, "the version of the case that you were shown")
	if r.Version < 0 {
		f.add("version is below zero")
	}
}
