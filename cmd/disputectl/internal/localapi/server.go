package localapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/functions/operate"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Ledger is what a local run shows of its cases.
type Ledger interface {
	Load(ctx context.Context, id dispute.ID) (closing.Case, error)
	LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error)
	Cases(ctx context.Context, limit int, cursor string) (page []closing.Case, next string, err error)
	Mark(ctx context.Context) (closing.Mark, error)
	closing.Controls
	closing.DueIndex
	closing.Journal
}

// Server answers --local.
type Server struct {
	Ledger Ledger
	// Operate carries out the acts, in the name of Who.
	Operate *operate.Handler
	Who     string
	Token   string
}

// Prefix is where the server belongs on a mux.
const Prefix = "/local/"

// Handler returns the server behind its token.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+readPath, s.read)
	mux.Handle("POST "+actPath+"{act}", gateway.Signed{Handler: s.Operate.Handle, Who: s.Who, Below: "/local"})
	return withToken(s.Token, mux)
}

// maxQuestion limits a question, in bytes.
const maxQuestion = 1 << 20

func (s *Server) read(w http.ResponseWriter, r *http.Request) {
	var q question
	if err := json.NewDecoder(io.LimitReader(r.Body, maxQuestion)).Decode(&q); err != nil {
		http.Error(w, "the question cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	a, err := s.answer(r.Context(), q)
	switch {
	case errors.Is(err, closing.ErrNotFound):
		a.Unknown = true
	case err != nil:
		a.Error = err.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(a) // The caller would notice.
}

func (s *Server) answer(ctx context.Context, q question) (a answer, err error) {
	var found []closing.Case
	switch q.What {
	case aCase, some:
		found, err = s.load(ctx, q)
	case cases:
		found, a.Next, err = s.Ledger.Cases(ctx, q.Limit, q.Cursor)
	case due:
		a.Due, a.Next, err = s.Ledger.Due(ctx, q.Before, q.Limit, q.Cursor)
	case lines:
		a.Lines, a.Next, err = s.Ledger.Lines(ctx, q.Day, q.Limit, q.Cursor)
	case control:
		a.Control, err = s.Ledger.Control(ctx)
	case spent:
		a.Spent, err = s.Ledger.Spent(ctx, q.Day, q.Currency)
	case markRead:
		a.Mark, err = s.Ledger.Mark(ctx)
	default:
		err = fmt.Errorf("there is no %.40q to ask for", q.What)
	}
	for _, c := range found {
		a.Cases = append(a.Cases, toWire(c))
	}
	return a, err
}

// load returns one case, or ErrNotFound, or those of several that are stored.
func (s *Server) load(ctx context.Context, q question) ([]closing.Case, error) {
	if q.What == aCase && len(q.IDs) == 1 {
		c, err := s.Ledger.Load(ctx, q.IDs[0])
		return []closing.Case{c}, err
	}
	stored, err := s.Ledger.LoadAll(ctx, q.IDs)
	var all []closing.Case
	for _, c := range stored {
		all = append(all, c)
	}
	return all, err
}
