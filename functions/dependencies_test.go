package main

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/config"
)

// On a loopback address only the key says which mode the account has; the closer refuses disputes of the other mode. The
// connections are open when openWooshPay returns.
func TestOpenWooshPay(t *testing.T) {
	c := newCloud(t)
	c.wooshpay.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(50 * time.Millisecond) // longer than the key takes
		c.serveWooshPay(w, r)
	})
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
		if calls := c.taken(); !strings.Contains(calls, "HEAD /") || !strings.Contains(calls, "GetItem") {
			t.Errorf("called %s, and opened no connection in advance", calls)
		}
	}
}
