package dynamo

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Together a request takes at most three attempts of 3 s and two pauses of half a second: 10 s, or what is left
// of the invocation. DynamoDB answers in milliseconds; what takes seconds is lost.
const (
	attemptsMax    = 3
	attemptTimeout = 3 * time.Second
	dialTimeout    = time.Second
	retryPauseMax  = 500 * time.Millisecond
	// bufferSize holds most requests and answers, so that each is one call of the system.
	bufferSize = 16 << 10
)

// Options bounds the client's time and repetitions: dynamodb.NewFromConfig(cfg, dynamo.Options). It replaces
// the configuration's HTTP client and retryer, and reads GetItem's answer in its own way.
func Options(o *dynamodb.Options) {
	o.HTTPClient = awshttp.NewBuildableClient().WithTimeout(attemptTimeout).
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.TLSHandshakeTimeout = attemptTimeout
			t.WriteBufferSize, t.ReadBufferSize = bufferSize, bufferSize
		})
	o.Protocol = protocol{o.Protocol}
	o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) {
		s.MaxAttempts, s.MaxBackoff = attemptsMax, retryPauseMax
	})
	o.RetryMaxAttempts = attemptsMax
	// Errors of local stand-ins lack the checksum header, and each would log a warning.
	o.DisableValidateResponseChecksum = o.DisableValidateResponseChecksum ||
		strings.HasPrefix(aws.ToString(o.BaseEndpoint), "http://")
}
