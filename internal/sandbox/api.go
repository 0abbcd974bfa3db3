package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"disputecloser/shared/dispute"
)

// maxBody bounds a request's body in bytes: a dispute of 300 KB can be opened.
const maxBody = 512 << 10

// operation is one call of the API: it returns what to answer 200 with, or a *RefusalError.
type operation func(b *Books, now time.Time, r *http.Request, body []byte) (any, error)

func (s *Sandbox) routeAPI() {
	s.mux.Handle("GET /v1/disputes/list", s.api(listDisputes))
	s.mux.Handle("GET /v1/disputes/{dispute}", s.api(getDispute))
	s.mux.Handle("POST /v1/disputes/{dispute}/close", s.api(closeDispute))
	s.mux.Handle("GET /v1/charges/{charge}", s.api(getCharge))
	s.mux.Handle("POST /v1/webhook_endpoints", s.api(createEndpoint))
	s.mux.Handle("GET /v1/webhook_endpoints", s.api(listEndpoints))
	s.mux.Handle("/v1/", s.api(unknownCall))
}

func getDispute(b *Books, _ time.Time, r *http.Request, _ []byte) (any, error) {
	return b.Dispute(dispute.ID(r.PathValue("dispute")))
}

func closeDispute(b *Books, now time.Time, r *http.Request, _ []byte) (any, error) {
	return b.Close(dispute.ID(r.PathValue("dispute")), now)
}

func getCharge(b *Books, _ time.Time, r *http.Request, _ []byte) (any, error) {
	return b.Charge(r.PathValue("charge"))
}

// listDisputes reads its filters from the body of a GET (WooshPay's documentation).
func listDisputes(b *Books, _ time.Time, _ *http.Request, body []byte) (any, error) {
	var filters Filters
	if len(body) > 0 {
		if err := json.Unmarshal(body, &filters); err != nil {
			return nil, invalid("parameter_invalid", "the filters cannot be read: %v", err)
		}
	}
	return b.List(filters)
}

func createEndpoint(b *Books, now time.Time, _ *http.Request, body []byte) (any, error) {
	var wanted struct {
		URL           string   `json:"url"`
		EnabledEvents []string `json:"enabled_events"`
		Description   string   `json:"description"`
	}
	if err := json.Unmarshal(body, &wanted); err != nil {
		return nil, invalid("parameter_invalid", "the endpoint cannot be read: %v", err)
	}
	return b.Register(wanted.URL, wanted.EnabledEvents, wanted.Description, now)
}

func listEndpoints(b *Books, _ time.Time, _ *http.Request, _ []byte) (any, error) {
	return map[string]any{"object": "list", "url": "/v1/webhook_endpoints", "has_more": false, "data": b.Endpoints()}, nil
}

func unknownCall(_ *Books, _ time.Time, r *http.Request, _ []byte) (any, error) {
	return nil, &RefusalError{http.StatusNotFound, invalidRequest, "unrecognized_request", "no such call: " + r.Method + " " + r.URL.Path}
}

// api serves an operation: first what is asked of every call, then what was ordered to go wrong, then the call.
func (s *Sandbox) api(do operation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readBody(w, r)
		if err == nil {
			err = s.admit(r)
		}
		if err != nil {
			answerFor(nil, err).write(w)
			return
		}
		s.perform(w, r, s.takeFault(r), func(b *Books) answer { return answerFor(do(b, s.now(), r, body)) })
	})
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, invalid("body_unreadable", "the body cannot be read or is larger than %d bytes", maxBody)
	}
	return body, nil
}

// admit asks for the key as a Basic user name, and for the two headers that WooshPay requires of every call.
func (s *Sandbox) admit(r *http.Request) error {
	key, password, ok := r.BasicAuth()
	if !ok || password != "" || !s.accepts(key) {
		return &RefusalError{http.StatusUnauthorized, invalidRequest, "api_key_invalid", "no or wrong API key"}
	}
	for _, name := range []string{"Accept", "Content-Type"} {
		if r.Header.Get(name) != "application/json" {
			return invalid("header_missing", "the header %s must be application/json", name)
		}
	}
	return nil
}

// answer is a whole answer.
type answer struct {
	status      int
	contentType string
	retryAfterS int
	body        []byte
}

func answerFor(value any, err error) answer {
	var refusal *RefusalError
	switch {
	case err == nil:
		return encoded(http.StatusOK, value)
	case errors.As(err, &refusal):
		return errorAnswer(refusal)
	default:
		return errorAnswer(&RefusalError{http.StatusInternalServerError, "api_error", "internal", err.Error()})
	}
}

func errorAnswer(e *RefusalError) answer {
	return encoded(e.Status, map[string]any{"error": map[string]string{"type": e.Type, "code": e.Code, "message": e.Message}})
}

func encoded(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // Only the sandbox's own values are answered.
	}
	return answer{status: status, contentType: "application/json", body: body}
}

func (a answer) write(w http.ResponseWriter) {
	a.begin(w)
	_, _ = w.Write(a.body)
}

func (a answer) begin(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.retryAfterS > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.retryAfterS))
	}
	w.WriteHeader(a.status)
}
