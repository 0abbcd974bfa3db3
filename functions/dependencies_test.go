package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/config"
	"disputecloser/shared/policy"
)

// On a loopback address only the key says which mode the account has; the closer refuses disputes of the other mode.
func TestOpenWooshPay(t *testing.T) {
	c := newCloud(t)
	for secret, want := range map[string]bool{"key": false, "live": true} {
		env := c.environment("closer")
		env["API_KEY_SECRET"] = secret
		settings, err := config.Read(config.Closer, func(name string) string { return env[name] })
		if err != nil {
			t.Fatal(err)
		}
		d := newDependencies(settings, io.Discard, slog.New(slog.DiscardHandler))
		client, livemode, err := d.openWooshPay(t.Context())
		if err != nil || client == nil || livemode != want {
			t.Errorf("%s: live mode is %v, want %v; %v", secret, livemode, want, err)
		}
	}
}

// The closer claims only for the table whose mark its deployment gave it.
func TestTheCloserClaimsForItsTable(t *testing.T) {
	c := newCloud(t)
	var asked []byte
	c.aws.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "{}")
	})
	env := c.environment("closer")
	settings, err := config.Read(config.Closer, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	d := newDependencies(settings, io.Discard, slog.New(slog.DiscardHandler))
	bid := closing.Bid{Day: "2026-03-02", Currency: "usd", Limit: policy.Budget{Closes: 1, Amount: 1, Failures: 1}}
	if _, err := d.ledger.Claim(t.Context(), closing.Case{ID: "dp_1"}, bid); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(asked), `":mark":{"S":"`+env["TABLE_MARK"]+`"}`) {
		t.Errorf("the claim asks for %s", asked)
	}
}

// The closer's mail goes to the topic that its deployment names.
func TestTheCloserMailsToItsTopic(t *testing.T) {
	c := newCloud(t)
	var asked []byte
	c.aws.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`)
	})
	env := c.environment("closer")
	env["ALARM_TOPIC"], env["AWS_ENDPOINT_URL_SNS"] = "arn:aws:sns:eu-west-1:123456789012:alarms", c.aws.URL
	settings, err := config.Read(config.Closer, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if err := newDependencies(settings, io.Discard, slog.New(slog.DiscardHandler)).topic().Publish(t.Context(), "subject", "text"); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(string(asked))
	if err != nil || form.Get("TopicArn") != env["ALARM_TOPIC"] || form.Get("Subject") != "subject" || form.Get("Message") != "text" {
		t.Errorf("it published %s, %v", asked, err)
	}
}

// However slow they are beside the secrets, the connections are open when a function takes its first event.
func TestAFunctionStartsWithOpenConnections(t *testing.T) {
	for handler, want := range map[string][]string{
		"webhook": {"GetItem"}, "sweep": {"GetItem"}, "operate": {"GetItem"}, "digest": {"GetItem"}, "closer": {"GetItem", "HEAD /"}, "reconcile": {"GetItem", "HEAD /"},
	} {
		c := newCloud(t)
		c.wooshpay.Config.Handler = slow(c.serveWooshPay)
		c.aws.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetSecretValue") {
				c.serveAWS(w, r)
				return
			}
			slow(c.serveAWS)(w, r)
		})
		env := c.environment(handler)
		env["POLICY_FILE"] = filepath.Join(folder, "policy.json")
		handle, err := start(t.Context(), func(name string) string { return env[name] }, io.Discard, slog.New(slog.DiscardHandler))
		if err != nil || handle == nil {
			t.Errorf("%s: %v", handler, err)
		}
		calls := c.taken()
		for _, call := range want {
			if !strings.Contains(calls, call) {
				t.Errorf("%s called %q, want %s among it", handler, calls, call)
			}
		}
	}
}

func slow(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond)
		serve(w, r)
	}
}
