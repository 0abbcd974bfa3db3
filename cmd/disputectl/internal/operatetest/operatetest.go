// Package operatetest stands in for the API of the operate function in tests. It knows one person, verifies the signature
// of each request as API Gateway does, and carries out the acts at a ledger.
package operatetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"disputecloser/cmd/disputectl/internal/gateway"
	"disputecloser/functions/operate"
	"disputecloser/shared/closing"
	"disputecloser/shared/metrics"
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
	Body operate.Request
}

// Table is what the function works on.
type Table interface {
	closing.Ledger
	closing.Acts
}

// Server is the API.
type Server struct {
	*httptest.Server
	// Function carries out what is signed, in the name of Caller, an ARN.
	Function operate.Handler
	Caller   string
	// Instead answers in place of the function, if it is not nil. Before is called before each act.
	Instead http.Handler
	Before  func()

	mu   sync.Mutex
	seen []Seen
}

// New starts the API over a table, where everybody is one caller. The caller closes it.
func New(table Table, caller string, now func() time.Time) *Server {
	log := slog.New(slog.DiscardHandler)
	s := &Server{Caller: caller, Function: operate.Handler{Ledger: table, Acts: table, Now: now, Meter: metrics.New(io.Discard, "disputes", now), Log: log}}
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
	var q operate.Request
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
	s.answer(w, r, string(body))
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

// answer has the function answer a request, as API Gateway hands it on.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body string) {
	r.Body = io.NopCloser(strings.NewReader(body))
	gateway.Signed{Handler: s.Function.Handle, Who: s.Caller}.ServeHTTP(w, r)
}
