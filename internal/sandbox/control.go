package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"disputecloser/shared/dispute"
)

// routeControl serves what only somebody at WooshPay could do. It asks for no key.
func (s *Sandbox) routeControl() {
	s.mux.Handle("POST /sandbox/disputes", s.control(openDispute))
	s.mux.Handle("POST /sandbox/disputes/{dispute}/status", s.control(setStatus))
	s.mux.Handle("POST /sandbox/disputes/{dispute}/evidence", s.control(submitEvidence))
	s.mux.Handle("POST /sandbox/charges/{charge}/refund", s.control(refund))
	s.mux.HandleFunc("GET /sandbox/closes", s.closesOverHTTP)
	s.mux.HandleFunc("GET /sandbox/events", func(w http.ResponseWriter, _ *http.Request) {
		encoded(http.StatusOK, notNull(s.Events())).write(w)
	})
	s.mux.HandleFunc("POST /sandbox/deliver", func(w http.ResponseWriter, r *http.Request) {
		encoded(http.StatusOK, notNull(s.Deliver(r.Context()))).write(w)
	})
	s.mux.HandleFunc("POST /sandbox/events/{event}/deliver", func(w http.ResponseWriter, r *http.Request) {
		encoded(http.StatusOK, notNull(s.Redeliver(r.Context(), r.PathValue("event")))).write(w)
	})
	s.mux.HandleFunc("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		encoded(http.StatusOK, notNull(s.Faults())).write(w)
	})
	s.mux.HandleFunc("POST /sandbox/faults", s.breakOverHTTP)
	s.mux.HandleFunc("DELETE /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.Mend()
		w.WriteHeader(http.StatusNoContent)
	})
}

// notNull makes an empty list of nothing.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// control serves an operation on the books to anybody, and nothing goes wrong with it.
func (s *Sandbox) control(do operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(w, r)
		if err != nil {
			answerFor(nil, err).write(w)
			return
		}
		var a answer
		s.With(func(b *Books, now time.Time) { a = answerFor(do(b, now, r, body)) })
		a.write(w)
	})
}

func decode(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("parameter_invalid", "the body cannot be read: %v", err)
	}
	return nil
}

// openDispute opens the dispute of the body; with ?silently=true without an event. Beside the dispute's fields, no_charge
// has it name no charge, and expand_charge has it show its charge as an object.
func openDispute(b *Books, now time.Time, r *http.Request, body []byte) (any, error) {
	var wanted struct {
		Dispute

		NoCharge     bool `json:"no_charge"`
		ExpandCharge bool `json:"expand_charge"`
	}
	if err := decode(body, &wanted); err != nil {
		return nil, err
	}
	d := wanted.Dispute
	d.NoCharge, d.ExpandCharge = wanted.NoCharge, wanted.ExpandCharge
	if r.URL.Query().Get("silently") == "true" {
		return b.OpenSilently(d, now)
	}
	return b.Open(d, now)
}

func setStatus(b *Books, now time.Time, r *http.Request, body []byte) (any, error) {
	var wanted struct {
		Status dispute.Status `json:"status"`
	}
	if err := decode(body, &wanted); err != nil {
		return nil, err
	}
	return b.SetStatus(dispute.ID(r.PathValue("dispute")), wanted.Status, now)
}

func submitEvidence(b *Books, now time.Time, r *http.Request, body []byte) (any, error) {
	var fields map[string]string
	if err := decode(body, &fields); err != nil {
		return nil, err
	}
	return b.SubmitEvidence(dispute.ID(r.PathValue("dispute")), fields, now)
}

func refund(b *Books, now time.Time, r *http.Request, body []byte) (any, error) {
	var wanted struct {
		Amount int64 `json:"amount"`
	}
	if err := decode(body, &wanted); err != nil {
		return nil, err
	}
	return b.Refund(r.PathValue("charge"), wanted.Amount, now)
}

// closesOverHTTP answers how many closes were executed, on how many disputes more than one, and every call.
func (s *Sandbox) closesOverHTTP(w http.ResponseWriter, _ *http.Request) {
	executed, twice := 0, 0
	for _, at := range s.Closes() {
		executed += len(at)
		if len(at) > 1 {
			twice++
		}
	}
	encoded(http.StatusOK, map[string]any{"executed": executed, "twice": twice, "calls": s.CloseCalls()}).write(w)
}

func (s *Sandbox) breakOverHTTP(w http.ResponseWriter, r *http.Request) {
	var f Fault
	body, err := readBody(w, r)
	if err == nil {
		err = decode(body, &f)
	}
	if err == nil {
		err = s.Break(f)
	}
	if err != nil {
		answerFor(nil, invalid("parameter_invalid", "%v", err)).write(w)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
