package sandbox

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"disputecloser/shared/dispute"
)

// perform executes a call on the books as far as the fault lets it, and answers as the fault has it.
func (s *Sandbox) perform(w http.ResponseWriter, r *http.Request, f Fault, call func(*Books) answer) {
	if f.Kind == Delay {
		s.sleep(f.delay())
	}
	regular := s.execute(r, f, call)
	switch f.Kind {
	case AnswerStatus:
		f.statusAnswer().write(w)
	case Drop:
		panic(http.ErrAbortHandler)
	case Hang:
		hang(r.Context())
		panic(http.ErrAbortHandler)
	case HTML:
		answer{status: http.StatusOK, contentType: "text/html", body: []byte("<html><body>Welcome</body></html>")}.write(w)
	case Truncate:
		writeHalf(w, regular)
	case Alter:
		f.altered(regular).write(w)
	case Clock:
		s.misdate(w, f)
		regular.write(w)
	default:
		regular.write(w)
	}
}

// maxHang ends a hang if the caller never goes away.
const maxHang = 5 * time.Minute

func hang(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, maxHang)
	defer cancel()
	<-ctx.Done()
}

// execute returns what a call is answered if nothing goes wrong after it. A fault that comes before the execution
// lets the call see a clone of the books, which is then thrown away.
func (s *Sandbox) execute(r *http.Request, f Fault, call func(*Books) answer) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	books := s.books
	switch {
	case f.Kind == Stale:
		books = f.past
	case f.Kind != "" && f.Kind != Delay && f.Kind != Clock && !f.Execute:
		books = s.books.Clone()
	}
	before := answerFor(books.Dispute(dispute.ID(r.PathValue("dispute"))))
	regular := call(books)
	if f.Kind == Unchanged {
		return before
	}
	return regular
}

// altered returns an answer with the fault's changes. An answer that is not an object, or a refusal, stays unchanged.
func (f Fault) altered(a answer) answer {
	var object map[string]json.RawMessage
	if a.status != http.StatusOK || json.Unmarshal(a.body, &object) != nil {
		return a
	}
	maps.Copy(object, f.Fields)
	for _, name := range f.Without {
		delete(object, name)
	}
	return encoded(a.status, object)
}

// misdate sets the answer's Date, or leaves it out: net/http sends none for a header that is set to nothing.
func (s *Sandbox) misdate(w http.ResponseWriter, f Fault) {
	w.Header()["Date"] = nil
	if f.DateOffS != 0 {
		w.Header().Set("Date", s.now().Add(time.Duration(f.DateOffS)*time.Second).UTC().Format(http.TimeFormat))
	}
}

func (f Fault) statusAnswer() answer {
	kind := "api_error"
	if f.Status < http.StatusInternalServerError {
		kind = invalidRequest
	}
	a := errorAnswer(&RefusalError{f.Status, kind, "ordered", http.StatusText(f.Status)})
	a.retryAfterS = f.RetryAfterS
	return a
}

func writeHalf(w http.ResponseWriter, a answer) {
	a.begin(w)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
