package deployment

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// described is CloudFormation with one stack.
type described struct {
	Stacks
	types.Stack
}

func (d described) DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{d.Stack}}, nil
}

// TestWhatMovesLiveMoney: in doubt it does.
func TestWhatMovesLiveMoney(t *testing.T) {
	for _, c := range []struct {
		environment, url string
		live             bool
	}{
		{"test", "https://apitest.wooshpay.com", false},
		{"test", "http://127.0.0.1:4000", false},
		{"", "https://apitest.wooshpay.com", false},
		{"live", "https://api.wooshpay.com", true},
		{"test", "https://api.wooshpay.com", true},
		{"", "https://api.wooshpay.com", true},
		{"live", "https://apitest.wooshpay.com", true},
		{"test", "https://elsewhere.example.com", true},
		{"test", "", true},
	} {
		s := Stack{parameters: map[string]string{Environment: c.environment, WooshPayURL: c.url}}
		if s.Live() != c.live {
			t.Errorf("%+v: live %t", c, !c.live)
		}
	}
}

// TestWhereAStackIs is what its ARN says, by whichever name it was asked for.
func TestWhereAStackIs(t *testing.T) {
	const id = "arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/closer/9"
	s, err := Open(t.Context(), described{Stack: types.Stack{StackId: aws.String(id), StackName: aws.String("closer")}}, id)
	if err != nil || s.Name != "closer" || s.Region != "cn-north-1" || s.Account != "123456789012" {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = Open(t.Context(), described{Stack: types.Stack{StackId: aws.String(id)}}, "mine")
	if err != nil || s.Name != "mine" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := Open(t.Context(), described{Stack: types.Stack{StackId: aws.String("closer")}}, "closer"); err == nil {
		t.Error("a stack without an ARN is somewhere")
	}
}
