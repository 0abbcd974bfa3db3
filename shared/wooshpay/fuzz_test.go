package wooshpay

import (
	"errors"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzVerify(f *testing.F) {
	f.Add(Sign(oldSecret, signedTime, signedBody), signedBody)
	f.Add("t=1700000000000,v1=00,v0=x,v1=", []byte("{}"))
	f.Add("t=,t=,=,,v1", []byte{})
	f.Add("t=9223372036854775807,v1=AA", []byte("x"))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		var reason SignatureError
		err := Verify(header, body, []string{"a secret that no corpus holds"}, signedTime, maxAge, maxLead)
		if !errors.As(err, &reason) {
			t.Fatalf("a forged signature passed, or without a reason: %v", err)
		}
		genuine := Sign(oldSecret, signedTime, body)
		if err := Verify(genuine, body, []string{oldSecret}, signedTime.Add(time.Hour), maxAge, maxLead); err != nil {
			t.Fatalf("a genuine signature failed: %v", err)
		}
	})
}

func FuzzParseError(f *testing.F) {
	f.Add(400, []byte(`{"error":{"type":"invalid_request_error","code":"x","message":"no sk_test_1"}}`))
	f.Add(402, []byte(`{"type":"card_error","code":17,"message":null}`))
	f.Add(502, []byte("<html>\xff\x00</html>"))
	f.Add(500, []byte(`{"error":[{}]}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := parseError(status, body)
		for _, part := range []string{e.Type, e.Code, e.Message, e.Text} {
			if len(part) > maxMessage+len("…") || !utf8.ValidString(part) || secretText.MatchString(part) {
				t.Fatalf("kept %d bytes: %q", len(part), part)
			}
		}
		if e.Status != status || e.Error() == "" {
			t.Fatalf("got %+v", e)
		}
	})
}

func FuzzParsePage(f *testing.F) {
	f.Add([]byte(`{"object":"list","has_more":true,"data":[{"id":"dp_1"},{"id":1234567890123456789},null,7]}`))
	f.Add([]byte(`{"data":[{"id":"dp_1"}],"has_more":"true"}`))
	f.Add([]byte(`{"data":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := parsePage(body)
		if err != nil {
			return
		}
		n := len(page.Disputes)
		if n == 0 && page.Next != "" || n > 0 && page.Next != string(page.Disputes[n-1].ID) {
			t.Fatalf("it goes on after %q: %+v", page.Next, page)
		}
		for _, d := range page.Disputes {
			if d.ID == "" {
				t.Fatal("a dispute without an id")
			}
		}
	})
}
