package ledgertest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Filled returns a case that was never stored and none of whose fields is zero, each value unlike the others.
// A field that is added to the case is filled as well, so that no ledger can forget it.
func Filled(t testing.TB) closing.Case {
	t.Helper()
	c := filled[closing.Case](t)
	c.Version = 0
	return c
}

// filled returns a value none of whose fields is zero.
func filled[T any](t testing.TB) T {
	t.Helper()
	var value T
	f := filler{t: t}
	f.fill(reflect.ValueOf(&value).Elem())
	return value
}

type filler struct {
	t testing.TB
	n int
}

func (f *filler) fill(v reflect.Value) {
	f.t.Helper()
	f.n++
	if f.special(v) {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("value ", f.n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1_000_000 + f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0))
		f.fill(v.Index(1))
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		f.t.Fatalf("a case holds a %v, which this suite cannot fill yet", v.Type())
	}
}

// special fills types whose values do not follow from their kind.
func (f *filler) special(v reflect.Value) bool {
	f.t.Helper()
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(noon.Add(time.Duration(f.n) * time.Nanosecond)))
	case policy.Truth:
		v.Set(reflect.ValueOf([]policy.Truth{policy.Yes, policy.No}[f.n%2]))
	case dispute.Maybe[time.Duration]:
		v.Set(reflect.ValueOf(dispute.Known(time.Duration(f.n)*time.Hour + time.Nanosecond)))
	case dispute.Dispute:
		v.Set(reflect.ValueOf(parsed(f.t, documented)))
	default:
		return false
	}
	return true
}

// documented has every field of a dispute that WooshPay documents, and one that it does not.
const documented = `{
  "id": "dp_documented", "object": "dispute", "amount": 1500, "currency": "USD", "created": 1735689600,
  "charge": "ch_1", "payment_intent": "pi_1", "status": "needs_response", "livemode": true,
  "reason_type": "fraud", "reason_code": "10.4", "reason_description": "Other fraud",
  "evidence": {"note": null, "files": ["a", "b"]},
  "evidence_details": {"due_by": 1736294400, "has_evidence": false, "past_due": false, "submission_count": 2},
  "metadata": {"order": "6735", "big": 12345678901234567890}, "is_new_tomorrow": [1, 2.50, {"deep": true}]
}`
