//go:build parts

package stack

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/wooshpay"
)

// TestAChangedSettingReachesWhatServes changes nothing but parameters of a deployed stack, as `sam deploy` with other
// values does, and sees each one at work: at the API, in the closer and in the configuration.
func TestAChangedSettingReachesWhatServes(t *testing.T) {
	t.Parallel()
	wooshpay := startProvider()
	t.Cleanup(wooshpay.stop)
	s := &stack{name: "settings", build: deployed.build, aws: deployed.aws, wooshpay: wooshpay}
	if err := do(t.Context(), append(s.deployment(), step{"turn closing on", s.turnOn})); err != nil {
		t.Fatal(err)
	}
	const old = 90 * time.Hour
	s.wantDelivered(t, "of before", s.wooshpay.secret, old, 401)
	s.wantDelivered(t, "now", s.wooshpay.secret, 0, 200)
	before := s.outputs["SigningSecret"]
	own := s.secretOf(t, "settings-signing", "whsec_another_endpoints_secret_1")
	s.redeployed(t, "SignatureMaxAge=100h", "MemoryMegabytes=192", "SigningSecretArn="+own)
	if s.outputs["SigningSecret"] != own || s.outputs["SigningSecret"] == before {
		t.Errorf("the signing secret is %s, was %s", s.outputs["SigningSecret"], before)
	}
	s.wantDelivered(t, "old, with the new secret", "whsec_another_endpoints_secret_1", old, 200)
	s.wantDelivered(t, "with the secret of before", s.wooshpay.secret, 0, 401)
	for _, function := range []string{"WebhookFunction", "CloserFunction", "SweepFunction", "ReconcileFunction", "OperateFunction"} {
		if got := s.memoryOf(t, function); got != 192 {
			t.Errorf("%s has %d MB", function, got)
		}
	}
	s.closesWithAnotherKey(t)
}

// closesWithAnotherKey gives the stack another secret with the API key, which is the only one that WooshPay still takes.
func (s *stack) closesWithAnotherKey(t *testing.T) {
	t.Helper()
	if got := s.variableOf(t, "CloserFunction", "API_KEY_SECRET"); got != s.outputs["ApiKeySecret"] {
		t.Errorf("the closer reads %s", got)
	}
	own := s.secretOf(t, "settings-key", apiKey)
	s.redeployed(t, "ApiKeySecretArn="+own)
	if got := s.variableOf(t, "CloserFunction", "API_KEY_SECRET"); got != own {
		t.Errorf("the closer reads %s, not %s", got, own)
	}
	if _, err := s.wooshpay.OpenSilently(sandbox.Dispute{ID: "dp_other_key", Amount: 700}); err != nil {
		t.Fatal(err)
	}
	s.invoke(t, "ReconcileFunction", "{}")
	s.await(t, "dp_other_key", closing.Closed, fast)
}

// redeployed deploys what was built before with other parameters.
func (s *stack) redeployed(t *testing.T, parameters ...string) {
	t.Helper()
	s.parameters = append(slices.Clone(s.parameters), parameters...)
	if err := do(t.Context(), s.templated()); err != nil {
		t.Fatal(err)
	}
}

// wantDelivered sends an event about no dispute, signed some time ago.
func (s *stack) wantDelivered(t *testing.T, what, secret string, ago time.Duration, want int) {
	t.Helper()
	body := fmt.Sprintf(`{"id":"evt_settings","object":"event","type":"charge.refunded","livemode":false,"created":%d,"data":{"object":{}}}`, time.Now().UnixMilli())
	if status := s.post(t, body, wooshpay.Sign(secret, time.Now().Add(-ago), []byte(body))); status != want {
		t.Errorf("an event %s: status %d, want %d", what, status, want)
	}
}

func (s *stack) secretOf(t *testing.T, name, value string) string {
	t.Helper()
	out, err := secretsmanager.NewFromConfig(s.aws.Config()).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &value})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.ARN)
}

func (s *stack) configured(t *testing.T, function string) *lambda.GetFunctionConfigurationOutput {
	t.Helper()
	out, err := lambda.NewFromConfig(s.aws.Config()).GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(s.outputs[function])})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *stack) memoryOf(t *testing.T, function string) int32 {
	t.Helper()
	return aws.ToInt32(s.configured(t, function).MemorySize)
}

func (s *stack) variableOf(t *testing.T, function, name string) string {
	t.Helper()
	return s.configured(t, function).Environment.Variables[name]
}
