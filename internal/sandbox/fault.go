package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"time"

	"disputecloser/shared/dispute"
)

// Kind is what goes wrong.
type Kind string

// The kinds. Those marked (E) happen before the call is executed, or after it with Fault.Execute.
const (
	// AnswerStatus answers with Fault.Status. (E)
	AnswerStatus Kind = "status"
	// Drop ends the connection without an answer. (E)
	Drop Kind = "drop"
	// Hang answers nothing until the caller goes away. (E)
	Hang Kind = "hang"
	// HTML answers 200 with a page. (E)
	HTML Kind = "html"
	// Truncate answers 200 and ends the connection in the middle of the body. (E)
	Truncate Kind = "truncate"
	// Unchanged answers a call about a dispute 200, with the dispute as it stood before. (E)
	Unchanged Kind = "unchanged"
	// Alter answers with fields of the object replaced by Fault.Fields, and without those of Fault.Without. (E)
	Alter Kind = "alter"
	// Clock answers with a Date that is off by Fault.DateOffS, without one if that is zero.
	Clock Kind = "clock"
	// Delay waits before the call is executed and answered, and executes it even if the caller has gone away.
	Delay Kind = "delay"
	// Stale answers a GET from the books as they stood when the fault was ordered.
	Stale Kind = "stale"
)

// Fault is what goes wrong with the next calls below /v1/ that match it. What is empty matches everything.
type Fault struct {
	Kind Kind `json:"kind"`
	// Execute lets the call be executed before it goes wrong.
	Execute bool       `json:"execute,omitempty"`
	Method  string     `json:"method,omitempty"`
	Path    string     `json:"path,omitempty"` // a pattern of path.Match: /v1/disputes/*/close
	Dispute dispute.ID `json:"dispute,omitempty"`
	// Skip lets so many matching calls pass before, Times is how many go wrong: one if zero, all if negative.
	Skip  int `json:"skip,omitempty"`
	Times int `json:"times,omitempty"`
	// Status is the status of AnswerStatus, RetryAfterS its Retry-After in seconds, no header if zero.
	Status      int `json:"status,omitempty"`
	RetryAfterS int `json:"retry_after_s,omitempty"`
	// DelayMs is how long Delay waits.
	DelayMs int `json:"delay_ms,omitempty"`
	// Fields and Without are what Alter does to an answer's object.
	Fields  map[string]json.RawMessage `json:"fields,omitempty"`
	Without []string                   `json:"without,omitempty"`
	// DateOffS is by how many seconds Clock's Date is ahead; negative if it is behind.
	DateOffS int `json:"date_off_s,omitempty"`

	past *Books
}

// check returns what is wrong with an order for a fault.
func (f Fault) check() error {
	kinds := []Kind{AnswerStatus, Drop, Hang, HTML, Truncate, Unchanged, Alter, Clock, Delay, Stale}
	_, badPattern := path.Match(f.Path, "")
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("kind %q is none of %v", f.Kind, kinds)
	case badPattern != nil:
		return fmt.Errorf("path %q: %w", f.Path, badPattern)
	case f.Kind == AnswerStatus && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status is %d, not 200 to 599", f.Status)
	case f.Kind == Alter && len(f.Fields) == 0 && len(f.Without) == 0:
		return fmt.Errorf("alter names neither fields nor what to leave out")
	case f.Kind == Stale && f.Method != "" && f.Method != http.MethodGet:
		return fmt.Errorf("only a GET can be stale, not a %s", f.Method)
	case f.Skip < 0 || f.DelayMs < 0 || f.RetryAfterS < 0:
		return fmt.Errorf("a negative number")
	}
	return nil
}

func (f Fault) delay() time.Duration { return time.Duration(f.DelayMs) * time.Millisecond }

// matches reports whether the fault is about a call; disputeID is empty if the call is not about one dispute.
func (f Fault) matches(method, urlPath string, disputeID dispute.ID) bool {
	if f.Kind == Stale && method != http.MethodGet || f.Kind == Unchanged && disputeID == "" {
		return false
	}
	fits, _ := path.Match(f.Path, urlPath)
	return (f.Method == "" || f.Method == method) && (f.Path == "" || fits) &&
		(f.Dispute == "" || f.Dispute == disputeID)
}

// Break orders a fault. Faults ordered earlier come first. The error says what is wrong with the order.
func (s *Sandbox) Break(f Fault) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("order a fault: %w", err)
	}
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Kind == Stale {
		f.past = s.books.Clone()
	}
	s.faults = append(s.faults, f)
	return nil
}

// Mend takes back every fault that is still to come.
func (s *Sandbox) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Faults returns the faults that are still to come, with the calls they are still to pass and to hit.
func (s *Sandbox) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.faults)
}

// takeFault returns what is to go wrong with a call; the zero Fault if nothing is.
func (s *Sandbox) takeFault(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := dispute.ID(r.PathValue("dispute"))
	for i := range s.faults {
		f := &s.faults[i]
		if !f.matches(r.Method, r.URL.Path, id) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		taken := *f
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		} else {
			f.Times = max(f.Times, -1)
		}
		return taken
	}
	return Fault{}
}
