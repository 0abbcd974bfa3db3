package operator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/functions/operate"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// signedService is API Gateway's name in a signature.
const signedService = "execute-api"

// maxAnswer limits an answer, in bytes; what is longer is cut, and cannot be read as JSON.
const maxAnswer = 64 << 10

// Remote sends a person's acts to the operate function: of a stack, signed with the person's own credentials, or of a local
// run. Each act is one request, which nothing repeats.
type Remote struct {
	// URL is where the acts' names are appended to.
	URL, Region string
	Credentials aws.CredentialsProvider
	HTTP        *http.Client
	Now         func() time.Time
	// Authorize, if it is not nil, says who asks in place of a signature.
	Authorize func(*http.Request)

	who string
}

// Who returns whom AWS named at the newest act.
func (r *Remote) Who() string { return r.who }

// Keep keeps a case.
func (r *Remote) Keep(ctx context.Context, order closing.Order) (closing.Case, error) {
	return r.act(ctx, operate.Keep, requestOf(order))
}

// Close orders a close.
func (r *Remote) Close(ctx context.Context, order closing.Order, agreed dispute.Money) (closing.Case, error) {
	q := requestOf(order)
	q.Amount, q.Currency = agreed.Amount, agreed.Currency
	return r.act(ctx, operate.Close, q)
}

// Release gives a case back to the rules.
func (r *Remote) Release(ctx context.Context, order closing.Order) (closing.Case, error) {
	return r.act(ctx, operate.Release, requestOf(order))
}

// Pause stops all closing.
func (r *Remote) Pause(ctx context.Context, why string) error {
	_, err := r.act(ctx, operate.Pause, operate.Request{Why: why})
	return err
}

// Resume turns closing on.
func (r *Remote) Resume(ctx context.Context, why string) error {
	_, err := r.act(ctx, operate.Resume, operate.Request{Why: why})
	return err
}

func requestOf(o closing.Order) operate.Request {
	return operate.Request{Dispute: o.ID, Version: o.Shown, Why: o.Why}
}

// act sends one act, and returns the case as far as the answer describes it.
func (r *Remote) act(ctx context.Context, act operate.Act, q operate.Request) (closing.Case, error) {
	req, err := r.signed(ctx, act, q)
	if err != nil {
		return closing.Case{}, err
	}
	a, err := r.exchange(req)
	if err != nil {
		return closing.Case{}, err
	}
	r.who = a.Who
	if !a.Stored {
		err = &refusal{a}
	}
	return caseIn(a), err
}

// signed returns the request of an act, signed or with what else says who asks.
func (r *Remote) signed(ctx context.Context, act operate.Act, q operate.Request) (*http.Request, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL+"/"+string(act), bytes.NewReader(body))
	if err != nil {
		return nil, notSent(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "disputectl")
	if r.Authorize != nil {
		r.Authorize(req)
		return req, nil
	}
	credentials, err := r.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, notSent(err)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, req, hex.EncodeToString(sum[:]), signedService, r.Region, r.Now()); err != nil {
		return nil, notSent(err)
	}
	return req, nil
}

func notSent(err error) error {
	return cli.Fail(cli.Unreachable, "check the network and your credentials, then try again", "the act was not sent: nothing was stored: %w", err)
}

// exchange makes one request and follows no redirect. What may have left, and got no answer of the operate function, is
// ambiguous.
func (r *Remote) exchange(req *http.Request) (operate.Answer, error) {
	left := false
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { left = true },
	}))
	client := *r.HTTP
	client.Timeout = 0 // The context ends it.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	switch {
	case err != nil && !left:
		return operate.Answer{}, notSent(err)
	case err != nil:
		return operate.Answer{}, fault.Mark(fault.Ambiguous, fmt.Errorf("no answer: %w", err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return operate.Answer{}, fault.Mark(fault.Ambiguous, fmt.Errorf("the answer, of status %d, was not read to its end: %w", resp.StatusCode, err))
	}
	return understood(resp.StatusCode, body)
}

// understood reads an answer: that of the operate function, or that of the API before it.
func understood(status int, body []byte) (operate.Answer, error) {
	var a operate.Answer
	err := json.Unmarshal(body, &a)
	if err == nil && (a.Stored && a.Code == "" && status == http.StatusOK || !a.Stored && a.Code != "") {
		return a, nil
	}
	var before struct{ Message string }
	if json.Unmarshal(body, &before) == nil && before.Message != "" {
		switch status {
		case http.StatusForbidden:
			return operate.Answer{}, cli.Fail(cli.Unreachable, "have the stack's OperatorPolicy attached; for pause, its PauserPolicy is enough",
				"your policies do not allow this act: nothing was stored: API Gateway answered 403 %s", before.Message)
		case http.StatusNotFound:
			return operate.Answer{}, cli.Fail(cli.Unreachable, "use the disputectl of the deployed version",
				"the stack does not offer this act: nothing was stored: API Gateway answered 404 %s", before.Message)
		case http.StatusTooManyRequests:
			return operate.Answer{}, cli.Fail(cli.Unreachable, "try again", "there are too many requests: nothing was stored: API Gateway answered 429 %s", before.Message)
		}
	}
	return operate.Answer{}, fault.Mark(fault.Ambiguous, fmt.Errorf("the answer, of status %d, is not the operate function's: %.100q", status, body))
}

// refusal is the operate function's answer that it stored nothing, or does not know it.
type refusal struct{ answer operate.Answer }

func (e *refusal) Error() string { return strings.Join(e.answer.Message, "; ") }

func (e *refusal) Unwrap() error { return operate.ErrorOf(e.answer.Code) }

// caseIn returns the case as far as an answer describes it.
func caseIn(a operate.Answer) closing.Case {
	if a.Case == nil {
		return closing.Case{}
	}
	c := closing.Case{ID: a.Case.ID, State: a.Case.State, Version: a.Case.Version, DueAt: a.Case.DueAt, ClaimUntil: a.Case.ClaimUntil}
	c.Dispute.ID, c.Dispute.Currency = a.Case.ID, a.Case.Currency
	if a.Case.Amount != nil {
		c.Dispute.Amount = dispute.Known(*a.Case.Amount)
	}
	return c
}
