//go:build parts

package stack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// TestADeletedStack deletes a stack as docs/deploy.md says. In test nothing stays; in live table and secrets stay.
func TestADeletedStack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parameters []string
		stays      bool
	}{
		"deleted-test": {nil, false},
		"deleted-live": {[]string{"Environment=live", "WooshpayUrl=https://api.wooshpay.com", "DataPolicy=Retain", "AlarmEmail=ops@example.com", `SweepEvery="rate(15 minutes)"`}, true},
	} {
		s := &stack{name: name, parameters: c.parameters, build: deployed.build, aws: deployed.aws, wooshpay: deployed.wooshpay}
		if err := do(t.Context(), s.templated()); err != nil {
			t.Fatal(err)
		}
		if err := do(t.Context(), []step{{"sam delete", s.samDelete}}); err != nil {
			t.Fatal(err)
		}
		s.wantGone(t)
		if there := s.tableIsThere(t); there != c.stays {
			t.Errorf("%s: the table is there: %v", name, there)
		}
		if there := s.secretIsThere(t); there != c.stays {
			t.Errorf("%s: the secret is there: %v", name, there)
		}
	}
}

func (s *stack) samDelete(ctx context.Context) error {
	return s.sam(ctx, "delete", "--stack-name", s.name, "--no-prompts", "--region", "us-east-1")
}

func (s *stack) wantGone(t *testing.T) {
	t.Helper()
	client := cloudformation.NewFromConfig(s.aws.Config())
	err := cloudformation.NewStackDeleteCompleteWaiter(client).Wait(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String(s.name)}, time.Minute)
	if err != nil {
		t.Errorf("%s is not deleted: %v", s.name, err)
	}
	_, err = lambda.NewFromConfig(s.aws.Config()).GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String(s.outputs["CloserFunction"])})
	if err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("%s: the closer: %v", s.name, err)
	}
}

func (s *stack) tableIsThere(t *testing.T) bool {
	t.Helper()
	_, err := s.table().DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String(s.outputs["Table"])})
	return there(t, err)
}

func (s *stack) secretIsThere(t *testing.T) bool {
	t.Helper()
	out, err := secretsmanager.NewFromConfig(s.aws.Config()).DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(s.outputs["ApiKeySecret"])})
	return there(t, err) && out.DeletedDate == nil
}

// there reports whether something exists, by the error of a look at it.
func there(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Fatal(err)
	}
	return err == nil
}

// What a live stack must have is refused before anything is created.
func TestALiveStackThatTellsNobodyIsRefused(t *testing.T) {
	t.Parallel()
	live := []string{"Environment=live", "WooshpayUrl=https://api.wooshpay.com"}
	for want, parameters := range map[string][]string{
		"Give AlarmEmail or AlarmTopicArn": {"DataPolicy=Retain"},
		"Give DataPolicy=Retain":           {"AlarmEmail=ops@example.com"},
	} {
		s := &stack{name: "refused", parameters: append(parameters, live...), build: deployed.build, aws: deployed.aws, wooshpay: deployed.wooshpay}
		if err := s.samDeploy(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", parameters, err)
		}
	}
}
