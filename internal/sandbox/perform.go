package sandbox

import (
	"context"
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
	case f.Kind != "" && f.Kind != Delay && !f.Execute:
		books = s.books.Clone()
	}
	before := answerFor(books.Dispute(dispute.ID(r.PathValue("dispute"))))
	regular := call(books)
	if f.Kind == Unchanged {
		return before
	}
	return regular
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
