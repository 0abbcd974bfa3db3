// Package wooshpay is the client of WooshPay's API, and verifies the signature of its webhooks.
//
// A close is one request that nothing repeats. The fault class of every error says whether the request may have been
// executed.
package wooshpay

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// The limits of a client. WooshPay documents none of them; they allow for its slowest plausible answer.
const (
	// DefaultCloseTimeout bounds a close from reading the key to the answer's last byte.
	DefaultCloseTimeout = 20 * time.Second
	// DefaultReadTimeout bounds one attempt of a read in the same way.
	DefaultReadTimeout = 10 * time.Second
	// maxObject bounds, in bytes, an answer that is one dispute or charge. The largest dispute that we store has 300 KB;
	// WooshPay may add fields.
	maxObject = 1 << 20
	// maxList bounds a page of a list, in bytes. A hundred disputes of common size (2 KB) are far below. The page and its
	// decoded form must fit in the memory of the smallest function.
	maxList = 8 << 20
)

// KeySource provides the secret API key.
type KeySource interface {
	// Key returns the key to use now. Its error means that nothing was sent.
	Key(ctx context.Context) (string, error)
	// Refuse says that WooshPay answered 401 to this key, or that it cannot be a key: the next Key should read it again.
	Refuse(ctx context.Context, key string)
}

// FixedKey is a KeySource that always returns the same key.
type FixedKey string

// Key returns the key.
func (k FixedKey) Key(context.Context) (string, error) { return string(k), nil }

// Refuse does nothing.
func (k FixedKey) Refuse(context.Context, string) {}

// Config says which WooshPay host to call, and with which key.
type Config struct {
	// BaseURL is TestURL, LiveURL or a loopback address.
	BaseURL string
	Key     KeySource
	// CloseTimeout and ReadTimeout are the defaults if zero.
	CloseTimeout, ReadTimeout time.Duration
	// RootCAs replaces the system's trusted authorities if not nil.
	RootCAs *x509.CertPool
	// Now is time.Now if nil. It is used for the latest instant of a close and for a Retry-After that is a date.
	Now func() time.Time
}

// Client calls WooshPay's API for one account. It is safe for concurrent use.
type Client struct {
	base                      string
	key                       KeySource
	closeTimeout, readTimeout time.Duration
	closes, reads             *http.Transport
	now                       func() time.Time
}

// New returns a client, or an error that names every bad setting. It reads no key and opens no connection.
func New(cfg Config) (*Client, error) {
	_, faults := ModeOf(cfg.BaseURL)
	if cfg.Key == nil {
		faults = errors.Join(faults, errors.New("no source of the API key"))
	}
	if cfg.CloseTimeout < 0 || cfg.ReadTimeout < 0 {
		faults = errors.Join(faults, errors.New("a timeout is negative"))
	}
	if faults != nil {
		return nil, fmt.Errorf("set up the WooshPay client: %w", faults)
	}
	c := &Client{
		base:         strings.TrimSuffix(cfg.BaseURL, "/"),
		key:          cfg.Key,
		closeTimeout: orDefault(cfg.CloseTimeout, DefaultCloseTimeout),
		readTimeout:  orDefault(cfg.ReadTimeout, DefaultReadTimeout),
		closes:       closeTransport(cfg.RootCAs),
		reads:        readTransport(cfg.RootCAs),
		now:          cfg.Now,
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// Get returns the dispute as it is now (WooshPay: GET /v1/disputes/{id}), and the answer's Date in whole seconds, zero if
// it has none. Any error is a failed look. It is Permanent if WooshPay does not know the dispute, or if the id cannot be
// one, and wraps dispute.ErrOther if the answer is about another dispute.
func (c *Client) Get(ctx context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	d, date, err := c.get(ctx, id)
	if err != nil {
		return dispute.Dispute{}, date, fmt.Errorf("get dispute %s: %w", id, err)
	}
	return d, date, nil
}

func (c *Client) get(ctx context.Context, id dispute.ID) (dispute.Dispute, time.Time, error) {
	path, err := objectPath("disputes", string(id))
	if err != nil {
		return dispute.Dispute{}, time.Time{}, err
	}
	got, err := c.read(ctx, call{method: http.MethodGet, path: path, limit: maxObject})
	if refused(err) && !notOffered(err) {
		err = inPassing(err)
	}
	if err != nil {
		return dispute.Dispute{}, got.date, err
	}
	d, err := sameDispute(got.body, id)
	return d, got.date, err
}

// GetCharge returns a dispute's charge as it is now (WooshPay: GET /v1/charges/{id}; its body is not documented).
// A Permanent error means that WooshPay does not know the charge or does not offer the call, or that the id cannot be
// one; any other is a failed look.
func (c *Client) GetCharge(ctx context.Context, id string) (dispute.Charge, error) {
	charge, err := c.getCharge(ctx, id)
	if notOffered(err) {
		err = fault.Mark(fault.Permanent, err)
	} else if refused(err) {
		err = inPassing(err)
	}
	if err != nil {
		return dispute.Charge{}, fmt.Errorf("get charge %s: %w", id, err)
	}
	return charge, nil
}

func (c *Client) getCharge(ctx context.Context, id string) (dispute.Charge, error) {
	path, err := objectPath("charges", id)
	if err != nil {
		return dispute.Charge{}, err
	}
	got, err := c.read(ctx, call{method: http.MethodGet, path: path, limit: maxObject})
	if err != nil {
		return dispute.Charge{}, err
	}
	charge, err := dispute.ParseCharge(got.body)
	if err != nil {
		return dispute.Charge{}, unreadable(err)
	}
	if charge.ID != id {
		return dispute.Charge{}, fault.Mark(fault.Ambiguous, fmt.Errorf("the answer is about %.64q", charge.ID))
	}
	charge.Date = got.date
	return charge, nil
}

// Close concedes the dispute: it sends POST /v1/disputes/{id}/close once, without a body (WooshPay's OpenAPI document),
// and returns the dispute from the answer. A 2xx does not mean that the dispute is closed; its status says so. Nothing is
// sent after leaveBy, an instant of the wall clock.
//
// An error of class Retryable or Permanent means that the close was not executed. Any other means that it may have been.
// The error wraps dispute.ErrOther if the answer is about another dispute.
func (c *Client) Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	d, err := c.close(ctx, id, leaveBy)
	if err != nil {
		return dispute.Dispute{}, fmt.Errorf("close dispute %s: %w", id, err)
	}
	return d, nil
}

func (c *Client) close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	path, err := objectPath("disputes", string(id))
	if err != nil {
		return dispute.Dispute{}, err
	}
	got, err := c.send(ctx, c.closeBy(leaveBy), c.closeTimeout, call{method: http.MethodPost, path: path + "/close", limit: maxObject})
	if err != nil {
		return dispute.Dispute{}, err
	}
	return sameDispute(got.body, id)
}

// Warm opens a connection for the first read. It sends no key. Its error may be ignored.
func (c *Client) Warm(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.readTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, c.base+"/", nil)
	if err != nil {
		return fmt.Errorf("warm the connection: %w", err)
	}
	setHeaders(req)
	resp, err := c.reads.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("warm the connection: %w", unquotedError{err})
	}
	return resp.Body.Close()
}

// objectPath returns the path of one object. An id that would name anything else is a Permanent error; nothing is sent.
func objectPath(kind, id string) (string, error) {
	if strings.Trim(id, ".") == "" || dispute.CheckID(id) != nil {
		return "", fault.Mark(fault.Permanent, errors.New("not an id"))
	}
	return "/v1/" + kind + "/" + url.PathEscape(id), nil
}

func sameDispute(body []byte, id dispute.ID) (dispute.Dispute, error) {
	d, err := dispute.Parse(body)
	if err != nil {
		return dispute.Dispute{}, unreadable(err)
	}
	if d.ID != id {
		return dispute.Dispute{}, fault.Mark(fault.Ambiguous, fmt.Errorf("%w: %.64q", dispute.ErrOther, d.ID))
	}
	return d, nil
}

// inPassing labels a refusal of a read that says nothing lasting: the look has failed.
func inPassing(err error) error {
	return &fault.Error{Class: fault.Ambiguous, RetryAfter: fault.RetryAfter(err), Err: err}
}

// refused reports whether WooshPay answered with a refusal that is final for a close (400, 402, 404, 422). For a read it says
// little: only 404, and for a charge 405, mean that WooshPay does not know or offer what was asked for.
func refused(err error) bool {
	return errors.As(err, new(*Error)) && fault.Of(err) == fault.Permanent
}

// unreadable marks an answer that cannot be read as Ambiguous: the request may have been executed.
func unreadable(err error) error {
	return fault.Mark(fault.Ambiguous, fmt.Errorf("unreadable answer: %w", err))
}
