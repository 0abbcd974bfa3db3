// Package operatetest stands in for the API of the operate function in tests. It knows one person, verifies the signature
// of each request as API Gateway does, and carries out the acts at a ledger.
package operatetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Region is where the API is.
const Region = "eu-west-1"

// Person has the credentials that the API accepts.
var Person = aws.Credentials{AccessKeyID: "AKIDPERSON", SecretAccessKey: "a-secret", SessionToken: "a-session"}

// Credentials returns the person's, as the SDK's settings do.
func Credentials() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(Person.AccessKeyID, Person.SecretAccessKey, Person.SessionToken)
}

// Seen is a request that arrived.
type Seen struct {
	Act  string
	Body operator.Request
}

// Server is the API.
type Server struct {
	*httptest.Server
	// Operator carries out what is signed; its Who is the caller's ARN.
	Operator closing.Operator
	// Instead answers in place of the function, if it is not nil. Before is called before each act.
	Instead http.Handler
	Before  func()

	mu   sync.Mutex
	seen []Seen
}

// New starts the API. The caller closes it.
func New(op closing.Operator) *Server {
	s := &Server{Operator: op}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// OperateURL is the stack's output of that name.
func (s *Server) OperateURL() string { return s.URL + "/operator" }

// Seen returns the requests that arrived.
func (s *Server) Seen() []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Seen(nil), s.seen...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var q operator.Request
	if err == nil {
		err = json.Unmarshal(body, &q)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, Seen{path.Base(r.URL.Path), q})
	s.mu.Unlock()
	if err := Verify(r, body); err != nil {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"message":"Forbidden"}`) // The caller would notice.
		return
	}
	if s.Instead != nil {
		s.Instead.ServeHTTP(w, r)
		return
	}
	if s.Before != nil {
		s.Before()
	}
	status, a := s.answer(r.Context(), path.Base(r.URL.Path), q)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(a)
}

// Verify signs a request anew with the person's credentials, and returns an error unless that gives the signature it bears.
func Verify(r *http.Request, body []byte) error {
	_, list, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	list, _, _ = strings.Cut(list, ",")
	again, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+r.Host+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	for _, name := range strings.Split(list, ";") {
		if values := r.Header.Values(name); len(values) > 0 {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil {
		return fmt.Errorf("X-Amz-Date: %w", err)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(r.Context(), Person, again, hex.EncodeToString(sum[:]), "execute-api", Region, at); err != nil {
		return err
	}
	if again.Header.Get("Authorization") != r.Header.Get("Authorization") {
		return errors.New("the signature is not the person's")
	}
	return nil
}

// answer carries out an act.
func (s *Server) answer(ctx context.Context, act string, q operator.Request) (int, operator.Answer) {
	before, err := s.Operator.Ledger.Load(ctx, q.Dispute)
	if err == nil && q.Version != 0 && q.Version != before.Version && !before.State.Finished() {
		return http.StatusConflict, operator.Answer{Code: operator.Changed, Message: []string{"changed"}, Case: said(before)}
	}
	c, err := s.carryOut(ctx, act, q)
	if err == nil {
		return http.StatusOK, operator.Answer{Stored: true, Who: s.Operator.Who, Case: said(c)}
	}
	for code, status := range statuses {
		if errors.Is(err, operator.ErrorOf(code)) {
			now, _ := s.Operator.Ledger.Load(ctx, q.Dispute)
			return status, operator.Answer{Code: code, Message: []string{err.Error()}, Case: said(now)}
		}
	}
	return http.StatusInternalServerError, operator.Answer{Code: operator.NotKnown, Message: []string{err.Error()}}
}

// statuses are those of the codes that an act at a ledger can end with.
var statuses = map[operator.Code]int{
	operator.NoCase: http.StatusNotFound, operator.Ended: http.StatusConflict, operator.CloseUnderWay: http.StatusConflict,
	operator.OtherAmount: http.StatusConflict, operator.UnknownDispute: http.StatusConflict, operator.PausedAgain: http.StatusConflict,
}

func (s *Server) carryOut(ctx context.Context, act string, q operator.Request) (closing.Case, error) {
	switch act {
	case "keep":
		return s.Operator.Keep(ctx, q.Dispute, q.Why)
	case "close":
		return s.Operator.Close(ctx, q.Dispute, dispute.Money{Amount: q.Amount, Currency: q.Currency}, q.Why)
	case "release":
		return s.Operator.Release(ctx, q.Dispute, q.Why)
	case "pause":
		return closing.Case{}, s.Operator.Pause(ctx, q.Why)
	case "resume":
		return closing.Case{}, s.Operator.Resume(ctx, q.Why)
	}
	return closing.Case{}, fmt.Errorf("there is no act %q", act)
}

func said(c closing.Case) *operator.Case {
	if c.ID == "" {
		return nil
	}
	answer := &operator.Case{ID: c.ID, State: c.State, Version: c.Version, DueAt: c.DueAt, ClaimUntil: c.ClaimUntil, Currency: c.Dispute.Currency}
	if amount, known := c.Dispute.Amount.Get(); known {
		answer.Amount = &amount
	}
	return answer
}
