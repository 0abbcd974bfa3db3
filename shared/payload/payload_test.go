package payload_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/payload"
)

func TestBody(t *testing.T) {
	const limit = 7 // not a multiple of three: base64 pads it
	most := strings.Repeat("x", limit)
	encoded := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		body     string
		isBase64 bool
		want     string
		tooLarge bool
		bad      bool
	}{
		"empty":                       {},
		"plain":                       {body: most, want: most},
		"plain, too large":            {body: most + "x", tooLarge: true},
		"looks like base64":           {body: "eHg=", want: "eHg="},
		"base64":                      {body: encoded([]byte(most)), isBase64: true, want: most},
		"base64, any bytes":           {body: encoded([]byte{0xff, 0}), isBase64: true, want: "\xff\x00"},
		"base64, one byte too large":  {body: encoded([]byte(most + "x")), isBase64: true, tooLarge: true},
		"base64, longer than allowed": {body: strings.Repeat("!", 13), isBase64: true, tooLarge: true},
		"not base64":                  {body: "x!", isBase64: true, bad: true},
	} {
		got, err := payload.Body(events.APIGatewayV2HTTPRequest{Body: c.body, IsBase64Encoded: c.isBase64}, limit)
		if string(got) != c.want || errors.Is(err, payload.ErrTooLarge) != c.tooLarge || (err != nil) != (c.tooLarge || c.bad) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
