package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

// onlyAWS sets the AWS SDK's settings to those given and to no others that this machine may have.
func onlyAWS(t *testing.T, settings map[string]string) {
	t.Helper()
	for _, name := range []string{
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	} {
		t.Setenv(name, settings[name])
	}
	t.Setenv("AWS_CONFIG_FILE", write(t, "config", ""))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", write(t, "credentials", ""))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

const identityXML = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::123456789012:assumed-role/Operator/ada</Arn><UserId>AROA:ada</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`

const refusedXML = `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message></Error></ErrorResponse>`

func stsAt(t *testing.T, status int, body string) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // The caller would notice.
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAWSSaysWhoActs(t *testing.T) {
	onlyAWS(t, map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL": stsAt(t, http.StatusOK, identityXML),
	})
	if arn, err := access.AWSIdentity(t.Context()); err != nil || arn != "arn:aws:sts::123456789012:assumed-role/Operator/ada" {
		t.Errorf("%s, %v", arn, err)
	}
}

func TestAWSDoesNotSayWhoActs(t *testing.T) {
	onlyAWS(t, map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL_STS": stsAt(t, http.StatusForbidden, refusedXML),
	})
	d := newDesk(t)
	a := d.at()
	a.Identity = access.AWSIdentity
	code, _, stderr := invoke(t, a, "keep", "dp_1", "--why", "x")
	if code != cli.Unreachable || !strings.Contains(stderr, "AWS does not say who you are: ") || d.overridden(t) {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestALocalTableHasNoIdentities and AWS itself is not asked for one with the credentials of a local table.
func TestALocalTableHasNoIdentities(t *testing.T) {
	onlyAWS(t, map[string]string{
		"AWS_REGION": "local", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1",
	})
	if arn, err := access.AWSIdentity(t.Context()); !errors.Is(err, access.ErrNoIdentity) {
		t.Errorf("%s, %v", arn, err)
	}
}

func TestNoCredentials(t *testing.T) {
	onlyAWS(t, map[string]string{"AWS_REGION": "eu-west-1"})
	for _, args := range append(acts, reads...) {
		code, stdout, stderr := invoke(t, &access.Env{OpenTable: access.OpenTable, Identity: access.AWSIdentity}, append(args, "--table", "disputes")...)
		if code != cli.Unreachable || stdout != "" || !strings.HasPrefix(stderr, "disputectl: there are no usable AWS credentials: ") ||
			!strings.Contains(stderr, "\n  log in (aws sso login, aws configure), or set AWS_PROFILE") {
			t.Errorf("%s: exit code %d, %q, %q", args[0], code, stdout, stderr)
		}
	}
}

// TestAnInterruptedQuestionWhoActsIsNoFaultOfTheCredentials, and nothing is stored.
func TestAnInterruptedQuestionWhoActsIsNoFaultOfTheCredentials(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	onlyAWS(t, map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL_STS": silentAfter(t, cancel),
	})
	d := newDesk(t)
	a := d.at()
	a.Identity = access.AWSIdentity
	code, _, stderr := runIn(ctx, a, strings.NewReader(""), "keep", "dp_1", "--why", "x")
	if code != cli.Unreachable || stderr != "disputectl: interrupted: nothing was stored\n" || d.overridden(t) {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// silentAfter starts a server that never answers, and calls asked with each request.
func silentAfter(t *testing.T, asked func()) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only then does the server see that the client left.
		asked()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	return s.URL
}
