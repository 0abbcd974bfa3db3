package wooshpay

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v84/webhook"
)

const (
	oldSecret = "whsec_old"
	newSecret = "c2VjcmV0LWluLWJhc2U2NA=="
	maxAge    = 80 * time.Hour
	maxLead   = 5 * time.Minute
)

var (
	signedBody = []byte(`{"id":"evt_1","object":"event","type":"charge.dispute.created"}` + "\n")
	signedTime = time.Unix(1700000000, 0)
)

// Computed with another implementation: printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_old
func TestSignIsHMACOverInstantAndBody(t *testing.T) {
	const want = "t=1700000000,v1=2a630fb62d83c712b7c3b6fc1dec6df3ef803228a2223a912c109f39e17c6983"
	if got := Sign(oldSecret, signedTime, []byte("{}")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVerify(t *testing.T) {
	good := Sign(oldSecret, signedTime, signedBody)
	sum := hex.EncodeToString(mac(oldSecret, "1700000000", signedBody))
	inMs := "1700000000000"
	tests := []struct {
		name, header string
		after        time.Duration
		want         error
	}{
		{"good", good, 0, nil},
		{"by the other secret", Sign(newSecret, signedTime, signedBody), 0, nil},
		{"as old as allowed", good, maxAge, nil},
		{"as far ahead as allowed", good, -maxLead, nil},
		{"several signatures", "t=1700000000,v1=" + strings.Repeat("ab", 32) + ",v1=" + sum, 0, nil},
		{"unknown elements", "v0=x,t=1700000000,x,=,v2=a=b,v1=" + sum, 0, nil},
		{"spaces and upper case", "t=1700000000, v1=" + strings.ToUpper(sum), 0, nil},
		{"the instant is signed as it is written", "t=01700000000,v1=" + hex.EncodeToString(mac(oldSecret, "01700000000", signedBody)), 0, nil},
		{"milliseconds", "t=" + inMs + ",v1=" + hex.EncodeToString(mac(oldSecret, inMs, signedBody)), 0, nil},

		{"none", "", 0, ErrUnsigned},
		{"no elements", ",,,", 0, ErrMalformed},
		{"no instant", "v1=" + sum, 0, ErrMalformed},
		{"no signature", "t=1700000000", 0, ErrMalformed},
		{"only a signature of another scheme", "t=1700000000,v0=" + sum, 0, ErrMalformed},
		{"two instants", "t=1700000000,t=1700000000,v1=" + sum, 0, ErrMalformed},
		{"an instant that is no number", "t=now,v1=" + sum, 0, ErrMalformed},
		{"an instant before 1970", "t=-1,v1=" + sum, 0, ErrMalformed},
		{"a signature that is no hex", "t=1700000000,v1=" + strings.Repeat("x", 64), 0, ErrMalformed},
		{"a signature cut short", "t=1700000000,v1=" + sum[:62], 0, ErrMalformed},
		{"too long", good + "," + strings.Repeat("x", maxSignature), 0, ErrMalformed},
		{"by a stranger", Sign("whsec_x", signedTime, signedBody), 0, ErrMismatch},
		{"of another instant", "t=1700000001,v1=" + sum, 0, ErrMismatch},
		{"of another body", Sign(oldSecret, signedTime, signedBody[1:]), 0, ErrMismatch},
		{"by an empty secret", Sign("", signedTime, signedBody), 0, ErrMismatch},
		{"too old", good, maxAge + 1, ErrStale},
		{"from the future", good, -maxLead - 1, ErrFuture},
		{"forged and too old", "t=1,v1=" + sum, 0, ErrMismatch},
		{"from the end of time", Sign(oldSecret, time.Unix(1<<62, 0), signedBody), 0, ErrFuture},
	}
	for _, test := range tests {
		err := Verify(test.header, signedBody, []string{"", newSecret, oldSecret}, signedTime.Add(test.after), maxAge, maxLead)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
}

func TestVerifyWithoutSecretsRefuses(t *testing.T) {
	for _, secrets := range [][]string{nil, {""}} {
		for _, header := range []string{Sign("", signedTime, signedBody), Sign(oldSecret, signedTime, signedBody)} {
			wantIs(t, Verify(header, signedBody, secrets, signedTime, maxAge, maxLead), ErrMismatch)
		}
	}
}

func TestOneFlippedBitIsRefused(t *testing.T) {
	header := Sign(oldSecret, signedTime, signedBody)
	for i := range signedBody {
		body := append([]byte(nil), signedBody...)
		body[i] ^= 1
		wantIs(t, Verify(header, body, []string{oldSecret}, signedTime, maxAge, maxLead), ErrMismatch)
	}
}

// Stripe's client uses the same scheme under another header name; its signatures are valid here.
func TestStripesSignaturesAreAccepted(t *testing.T) {
	for _, secret := range []string{oldSecret, newSecret} {
		signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: signedBody, Secret: secret, Timestamp: signedTime})
		if err := Verify(signed.Header, signed.Payload, []string{oldSecret, newSecret}, signedTime, maxAge, maxLead); err != nil {
			t.Errorf("%s: %v", signed.Header, err)
		}
	}
}

// And ours are valid there.
func TestStripeAcceptsOurSignatures(t *testing.T) {
	now := time.Now()
	for _, secret := range []string{oldSecret, newSecret} {
		header := Sign(secret, now, signedBody)
		if err := webhook.ValidatePayload(signedBody, header, secret); err != nil {
			t.Errorf("%s: %v", header, err)
		}
		if webhook.ValidatePayload(signedBody[1:], header, secret) == nil {
			t.Error("Stripe's check accepts another body, so it checks nothing")
		}
	}
}

func ExampleSign() {
	body := []byte(`{"id":"evt_1"}`)
	header := Sign("whsec_example", time.Unix(1700000000, 0), body)
	err := Verify(header, body, []string{"whsec_example"}, time.Unix(1700000060, 0), 80*time.Hour, 5*time.Minute)
	fmt.Println(header[:16], err)
	// Output: t=1700000000,v1= <nil>
}
