package main

import (
	"errors"
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

// stsAt starts a server that names an identity to whoever asks, and calls asked.
func stsAt(t *testing.T, asked func()) (url string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked()
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(identityXML)) // The caller would notice.
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestAnotherServerIsNotAskedWhoActs: it could say anything. Neither acts nor anything else records what it says.
func TestAnotherServerIsNotAskedWhoActs(t *testing.T) {
	asked := 0
	for _, variable := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"} {
		onlyAWS(t, map[string]string{
			"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
			variable: stsAt(t, func() { asked++ }),
		})
		shell, err := access.AWSShell(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		account, err := shell.Account(t.Context())
		var f *cli.ExitError
		if account != "" || !errors.As(err, &f) || f.Code != cli.Misused || !strings.Contains(err.Error(), "is not AWS: it cannot say whose credentials these are") || asked != 0 {
			t.Errorf("%s: %q, %v, asked %d times", variable, account, err, asked)
		}
	}
}

// TestTheTableOfALocalRunHasNoIdentities, and nobody is asked for one.
func TestTheTableOfALocalRunHasNoIdentities(t *testing.T) {
	asked := 0
	onlyAWS(t, map[string]string{
		"AWS_REGION": "local", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_STS": stsAt(t, func() { asked++ }),
	})
	d := newDesk(t)
	a := d.at()
	a.Shell = access.AWSShell
	for _, act := range acts {
		if code, stdout, stderr := invoke(t, a, act...); code != cli.Fine || asked != 0 {
			t.Errorf("%s: exit code %d, asked %d times, %s%s", act[0], code, asked, stdout, stderr)
		}
	}
}

func TestNoCredentials(t *testing.T) {
	onlyAWS(t, map[string]string{"AWS_REGION": "eu-west-1"})
	for _, args := range append(acts, reads...) {
		a := &access.Env{OpenTable: access.OpenTable, Shell: access.AWSShell, Cloud: access.Connect}
		code, stdout, stderr := invoke(t, a, append(args, "--stack", "closer-test")...)
		if code != cli.Unreachable || stdout != "" || !strings.HasPrefix(stderr, "disputectl: there are no usable AWS credentials: ") ||
			!strings.Contains(stderr, "\n  log in, such as with aws sso login") {
			t.Errorf("%s: exit code %d, %q, %q", args[0], code, stdout, stderr)
		}
	}
}
