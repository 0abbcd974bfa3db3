package access

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"disputecloser/cmd/disputectl/internal/cli"
)

func TestWhatIsOnThisMachine(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:8000": true, "http://127.9.9.9": true, "https://localhost:8000": true, "http://LOCALHOST:8000": true,
		"http://dynamodb.localhost": true, "https://[::1]:8000": true,
		"http://dynamodb:8000": false, "http://localhost.example.com": false, "http://10.0.0.1:8000": false, "http://0.0.0.0:8000": false,
		"https://dynamodb.eu-west-1.amazonaws.com": false, "": false, "127.0.0.1:8000": false, "http://%zz": false,
	} {
		if isLoopback(address) != want {
			t.Errorf("%s: on this machine %t", address, !want)
		}
	}
}

// TestWhatIsAWS knows AWS's own endpoints of a service. Below the same domains are the hosts of AWS's customers, who could
// answer anything.
func TestWhatIsAWS(t *testing.T) {
	for address, want := range map[string]bool{
		"https://sts.amazonaws.com": true, "https://sts.eu-west-1.amazonaws.com/": true, "https://STS.eu-west-1.amazonaws.com:443": true,
		"https://sts-fips.us-east-1.amazonaws.com": true, "https://sts.us-gov-west-1.amazonaws.com": true,
		"https://sts.cn-north-1.amazonaws.com.cn": true, "https://sts.eusc-de-east-1.amazonaws.eu": true, "https://sts.eu-west-1.api.aws": true,
		"https://vpce-0a1b-2c3d.sts.eu-west-1.vpce.amazonaws.com": true,

		"http://sts.eu-west-1.amazonaws.com": false, "https://sts.eu-west-1.amazonaws.com:8443": false,
		"https://user@sts.eu-west-1.amazonaws.com": false, "https://dynamodb.eu-west-1.amazonaws.com": false,
		"https://abc.execute-api.eu-west-1.amazonaws.com": false, "https://sts.execute-api.eu-west-1.amazonaws.com": false,
		"https://abc.lambda-url.eu-west-1.on.aws": false, "https://sts.s3.amazonaws.com": false,
		"https://vpce-0a1b.vpce-svc-0a1b.eu-west-1.vpce.amazonaws.com": false,
		"https://sts.eu-west-1.amazonaws.com.example.com":              false, "https://sts.example.com": false, "https://example.com/sts.amazonaws.com": false,
		"http://127.0.0.1:4566": false, "": false, "https://%zz": false,
	} {
		if isAWS(identityService, address) != want {
			t.Errorf("%s: AWS %t", address, !want)
		}
	}
}

// asked is STS, and counts who asks.
type asked struct {
	n   int
	err error
}

func (a *asked) GetCallerIdentity(context.Context, *sts.GetCallerIdentityInput, ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error) {
	a.n++
	return &sts.GetCallerIdentityOutput{Account: aws.String("123456789012")}, a.err
}

func TestOnlyAWSIsAskedForTheAccount(t *testing.T) {
	for endpoint, want := range map[string]int{"": 1, "https://sts.eu-west-1.amazonaws.com": 1, "http://127.0.0.1:4566": 0, "https://sts.example.com": 0} {
		api := new(asked)
		account, err := accountBy(t.Context(), api, endpoint)
		var f *cli.ExitError
		if api.n != want || (want == 1) != (err == nil && account == "123456789012") || err != nil && (!errors.As(err, &f) || f.Code != cli.Misused) {
			t.Errorf("%q: asked %d times, %q, %v", endpoint, api.n, account, err)
		}
	}
}

func TestAWSDoesNotSayWhoseCredentialsTheseAre(t *testing.T) {
	_, err := accountBy(t.Context(), &asked{err: errors.New("expired")}, "")
	var f *cli.ExitError
	if !errors.As(err, &f) || f.Code != cli.Unreachable || err.Error() != "AWS does not say whose credentials these are: expired" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := accountBy(ctx, &asked{err: errors.New("canceled")}, ""); !errors.Is(err, cli.ErrNothingStored) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestTheShellsEndpoints are those that the SDK would use, however they are set.
func TestTheShellsEndpoints(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_CLOUDFORMATION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_REGION", "eu-west-1")
	for _, c := range []struct {
		set              map[string]string
		service, foreign string
		here             bool
	}{
		{nil, "", "", false},
		{map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, "cloudformation", "http://127.0.0.1:4566", true},
		{map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000"}, "dynamodb", "http://127.0.0.1:8000", true},
		{map[string]string{"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}, "sts", "http://127.0.0.1:9", false},
		{map[string]string{"AWS_ENDPOINT_URL_CLOUDFORMATION": "https://cloudformation.eu-west-1.amazonaws.com"}, "", "", false},
		{map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "https://sts.eu-west-1.amazonaws.com"}, "dynamodb", "https://sts.eu-west-1.amazonaws.com", false},
	} {
		t.Run("", func(t *testing.T) {
			for name, value := range c.set {
				t.Setenv(name, value)
			}
			s, err := AWSShell(t.Context())
			service, foreign := s.foreign()
			if err != nil || s.Region != "eu-west-1" || s.Credentials == nil || service != c.service || foreign != c.foreign || s.tableIsHere() != c.here {
				t.Errorf("%v: %q at %q, on this machine %t, %v", c.set, service, foreign, s.tableIsHere(), err)
			}
		})
	}
}

func TestAShellWithoutARegion(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	_, err := AWSShell(t.Context())
	var f *cli.ExitError
	if !errors.As(err, &f) || f.Code != cli.Misused || err.Error() != "no AWS region is set" {
		t.Error(err)
	}
}
