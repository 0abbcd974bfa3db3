package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/wooshpay"
)

// oneSecret is a Secrets Manager whose every secret is one test key.
type oneSecret struct{}

func (oneSecret) GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String("sk_test_1")}, nil
}

// silent is a WooshPay that answers nothing but the opening of a connection.
func silent(t *testing.T) string {
	t.Helper()
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(ended) })
	return server.URL
}

// A close waits for its answer as long as the protocol's request does, and a look as long as a look: a claim's length
// counts on the first, the invocation's on both.
func TestTimeoutsOfTheClient(t *testing.T) {
	const short, long, given = 100 * time.Millisecond, time.Minute, 10 * time.Second
	for _, tc := range []struct {
		name          string
		request, look time.Duration
		call          func(ctx context.Context, c *wooshpay.Client) error
	}{
		{"a close", short, long, func(ctx context.Context, c *wooshpay.Client) error {
			_, err := c.Close(ctx, "dp_1", time.Now().Add(time.Minute))
			return err
		}},
		{"a look", long, short, func(ctx context.Context, c *wooshpay.Client) error {
			_, _, err := c.Get(ctx, "dp_1")
			return err
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), given)
			defer cancel()
			terms := closing.DefaultTerms()
			terms.Request, terms.Look = tc.request, tc.look
			settings := config.Settings{WooshPayURL: silent(t), APIKeySecret: "key", Table: "disputes"}
			d := newDependencies(settings, io.Discard, slog.New(slog.DiscardHandler))
			d.terms, d.secrets = terms, oneSecret{}
			client, _, err := d.openWooshPay(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := tc.call(ctx, client); err == nil || ctx.Err() != nil {
				t.Fatalf("it waited longer than %s: %v", tc.name, err)
			}
		})
	}
}

// The clock is the wall clock: a monotonic reading stands still while the machine is frozen.
func TestClockIsTheWallClock(t *testing.T) {
	if text := clock().String(); strings.Contains(text, "m=") {
		t.Fatalf("%s has a monotonic reading", text)
	}
	if clock().Location() != time.UTC || time.Since(clock()).Abs() > time.Minute {
		t.Fatalf("%s is not now, in UTC", clock())
	}
}
