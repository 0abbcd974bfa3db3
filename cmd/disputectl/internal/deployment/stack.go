package deployment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go"

	"disputecloser/shared/wooshpay"
)

// Outputs of the template.
const (
	WebhookURL         = "WebhookUrl"
	Table              = "Table"
	APIKeySecret       = "ApiKeySecret"
	SigningSecret      = "SigningSecret"
	WebhookFunction    = "WebhookFunction"
	CloserFunction     = "CloserFunction"
	SweepFunction      = "SweepFunction"
	ReconcileFunction  = "ReconcileFunction"
	OperateFunction    = "OperateFunction"
	DigestFunction     = "DigestFunction"
	UndeliveredRecords = "UndeliveredRecords"
	UndeliveredRuns    = "UndeliveredRuns"
	AlarmTopic         = "AlarmTopic"
	// OperateURL is where people's acts are sent to.
	OperateURL = "OperateUrl"
)

// Parameters of the template.
const (
	Environment = "Environment"
	WooshPayURL = "WooshpayUrl"
	DataPolicy  = "DataPolicy"
	// TableName is the table that the stack has adopted; it is empty if the stack created its own.
	TableName = "TableName"
	// The functions' settings.
	SignatureMaxAge = "SignatureMaxAge"
	MemoryMegabytes = "MemoryMegabytes"
	Architecture    = "Architecture"
)

// maxResourcePages bounds the list of a stack's resources; CloudFormation allows 500 of them, 100 a page.
const maxResourcePages = 10

// ErrNoStack means that there is no such stack in the account and region.
var ErrNoStack = errors.New("there is no such stack")

// ErrOtherTemplate means that the stack lacks what this version's template has.
var ErrOtherTemplate = errors.New("it is another template's stack, or an older one")

// Stack is a deployed stack.
type Stack struct {
	Name string
	// Status is CloudFormation's word, such as UPDATE_COMPLETE; Reason may explain it.
	Status, Reason string
	// Region and Account are those of its ARN.
	Region, Account string

	outputs, parameters map[string]string
	resources           map[string]string
}

// Open reads a stack. Its error is ErrNoStack or a failed look.
func Open(ctx context.Context, stacks Stacks, name string) (Stack, error) {
	out, err := stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(name)})
	if isMissingStack(err) || err == nil && len(out.Stacks) == 0 {
		return Stack{}, fmt.Errorf("read stack %s: %w", name, ErrNoStack)
	}
	if err != nil {
		return Stack{}, fmt.Errorf("read stack %s: %w", name, err)
	}
	found := out.Stacks[0]
	id, err := arn.Parse(aws.ToString(found.StackId))
	if err != nil {
		return Stack{}, fmt.Errorf("read stack %s: its id %q: %w", name, aws.ToString(found.StackId), err)
	}
	s := Stack{
		Name: cmp.Or(aws.ToString(found.StackName), name), Region: id.Region, Account: id.AccountID,
		Status: string(found.StackStatus), Reason: aws.ToString(found.StackStatusReason),
		outputs: map[string]string{}, parameters: map[string]string{},
	}
	for _, o := range found.Outputs {
		s.outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	for _, p := range found.Parameters {
		s.parameters[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	return s, nil
}

// isMissingStack knows CloudFormation's answer for a stack that does not exist, which has no code of its own.
func isMissingStack(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}

// Output returns one of the template's outputs. Its error is ErrOtherTemplate.
func (s Stack) Output(name string) (string, error) { return s.value("output", name, s.outputs) }

// Parameter returns one of the template's parameters. Its error is ErrOtherTemplate.
func (s Stack) Parameter(name string) (string, error) {
	return s.value("parameter", name, s.parameters)
}

func (s Stack) value(kind, name string, values map[string]string) (string, error) {
	if v := values[name]; v != "" {
		return v, nil
	}
	return "", fmt.Errorf("stack %s has no %s %s: %w", s.Name, kind, name, ErrOtherTemplate)
}

// Live reports whether the stack moves live money. In doubt it does.
func (s Stack) Live() bool {
	mode, err := wooshpay.ModeOf(s.parameters[WooshPayURL])
	return err != nil || mode == wooshpay.LiveMode || s.parameters[Environment] == string(wooshpay.LiveMode)
}

// WithResources returns the stack with the names of its resources.
func (s Stack) WithResources(ctx context.Context, stacks Stacks) (Stack, error) {
	s.resources = map[string]string{}
	var next *string
	for range maxResourcePages {
		out, err := stacks.ListStackResources(ctx, &cloudformation.ListStackResourcesInput{StackName: aws.String(s.Name), NextToken: next})
		if err != nil {
			return s, fmt.Errorf("list the resources of stack %s: %w", s.Name, err)
		}
		for _, r := range out.StackResourceSummaries {
			s.resources[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
		}
		if next = out.NextToken; next == nil {
			return s, nil
		}
	}
	return s, fmt.Errorf("list the resources of stack %s: the list does not end", s.Name)
}

// Resource returns the name that AWS gave to a resource of the template. Its error is ErrOtherTemplate.
func (s Stack) Resource(logicalID string) (string, error) {
	return s.value("resource", logicalID, s.resources)
}
