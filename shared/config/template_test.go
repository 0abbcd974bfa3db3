package config_test

import (
	"fmt"
	"regexp"
	"testing"

	"disputecloser/internal/template"
	"disputecloser/shared/config"
)

// allowed returns the pattern of a parameter of the template.
func allowed(t *testing.T, deployed template.Template, parameter string) *regexp.Regexp {
	t.Helper()
	pattern := deployed.Parameters[parameter].AllowedPattern
	if pattern == "" {
		t.Fatalf("the template allows anything for %s", parameter)
	}
	return regexp.MustCompile(pattern)
}

// A setting that the deployment accepts and the function refuses would only be noticed at the first dispute.
func TestTheTemplateAllowsNothingThatAFunctionRefuses(t *testing.T) {
	ages := allowed(t, template.Read(t), "SignatureMaxAge")
	some := 0
	for n := range 50_000 {
		for _, age := range []string{fmt.Sprint(n, "h"), fmt.Sprint(n, "m"), fmt.Sprintf("%02dh", n)} {
			if !ages.MatchString(age) {
				continue
			}
			some++
			if _, err := config.Read(config.Webhook, getter(changed("SIGNATURE_MAX_AGE", age))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if some < 720 || !ages.MatchString("80h") || !ages.MatchString("720h") {
		t.Errorf("the template allows only %d ages", some)
	}
}

// IAM policies name resources by their whole ARN. With a shorter one the deployment succeeds, and then every read is denied.
func TestTheTemplateAllowsOnlyWholeARNs(t *testing.T) {
	const account = "eu-west-1:123456789012:"
	deployed := template.Read(t)
	for _, c := range []struct {
		parameter, arn string
		want           bool
	}{
		{"ApiKeySecretArn", "", true},
		{"ApiKeySecretArn", "arn:aws:secretsmanager:" + account + "secret:wooshpay/key-AbCd12", true},
		{"ApiKeySecretArn", "arn:aws:secretsmanager:" + account + "secret:wooshpay/key", false},
		{"SigningSecretArn", "arn:aws-cn:secretsmanager:" + account + "secret:sign-AbCd12", true},
		{"SigningSecretArn", "arn:aws:secretsmanager:" + account + "secret:sign", false},
		{"SecretsKeyArn", "", true},
		{"SecretsKeyArn", "arn:aws:kms:" + account + "key/1234abcd-12ab-34cd-56ef-1234567890ab", true},
		{"SecretsKeyArn", "arn:aws:kms:" + account + "alias/secrets", false},
		{"AlarmTopicArn", "arn:aws:sns:" + account + "alarms", true},
		{"AlarmTopicArn", "arn:aws:sns:alarms", false},
	} {
		if got := allowed(t, deployed, c.parameter).MatchString(c.arn); got != c.want {
			t.Errorf("%s=%q is allowed: %v, want %v", c.parameter, c.arn, got, c.want)
		}
	}
}
