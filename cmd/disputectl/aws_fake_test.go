package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	stacks "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	tables "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	functions "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedules "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secrets "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"disputecloser/cmd/disputectl/internal/deployment"
)

const (
	fakeStack   = "closer-test"
	fakeStackID = "arn:aws:cloudformation:eu-west-1:" + fakeAccount + ":stack/" + fakeStack + "/1"
	fakeAccount = "123456789012"
	fakeTable   = "disputes"
	fakeKey     = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:key"
	fakeSigning = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:signing"
	fakeLog     = "closer-test-WebhookLog"
	fakeTopic   = "arn:aws:sns:eu-west-1:123456789012:alarms"
	// fakeFunctions is what the functions' ARNs begin with.
	fakeFunctions = "arn:aws:lambda:eu-west-1:" + fakeAccount + ":function:"
	fakeStream    = "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes/stream/1"
)

// fakeAWS is an account with one stack, in memory. Tests change its fields to break it.
type fakeAWS struct {
	stackID    string
	status     stacks.StackStatus
	parameters map[string]string
	outputs    map[string]string
	resources  map[string]string
	// versions are the secrets' values by ARN, the newest last.
	versions  map[string][]string
	functions map[string]*functions.FunctionConfiguration
	codeURL   string
	mapping   lambda.GetEventSourceMappingOutput
	table     tables.TableDescription
	backups   tables.PointInTimeRecoveryStatus
	expiry    tables.TimeToLiveStatus
	schedule  map[string]schedules.ScheduleState
	// startsVersion is what the schedules add to a function's name, such as ":live".
	startsVersion string
	queued        map[string]string
	// messages are what a queue holds, by its URL, and hidden the number of those that somebody else looks at.
	messages map[string][]*fakeMessage
	hidden   string
	// swept is called when the sweep is started.
	swept func()
	// subscribed are the topic's numbers of subscriptions.
	subscribed map[string]string
	// logs are the lines of the webhook's log, in pages of three.
	logs []logs.FilteredLogEvent
	mu   sync.Mutex // guards logs
	// refused are the errors of operations, by name.
	refused map[string]error
}

// newFakeAWS returns an account with a healthy stack, without secrets.
func newFakeAWS(wooshPayURL, webhookURL, codeURL string) *fakeAWS {
	f := &fakeAWS{
		stackID: fakeStackID,
		status:  stacks.StackStatusUpdateComplete,
		parameters: map[string]string{
			"Environment": "test", "WooshpayUrl": wooshPayURL, "DataPolicy": "Retain",
			"SignatureMaxAge": "80h", "MemoryMegabytes": "256", "Architecture": "arm64",
		},
		outputs: map[string]string{
			"WebhookUrl": webhookURL, "Table": fakeTable, "ApiKeySecret": fakeKey, "SigningSecret": fakeSigning,
			"UndeliveredRecords": "https://sqs/records", "UndeliveredRuns": "https://sqs/runs",
			"AlarmTopic": fakeTopic,
		},
		resources: map[string]string{"CloserArmed": "mapping-1", "SweepSchedule": "every-5-minutes", "ReconcileSchedule": "daily", "DigestSchedule": "mornings", "WebhookLog": fakeLog,
			"SweepLog": "closer-test-SweepLog", "ReconcileLog": "closer-test-ReconcileLog", "DigestLog": "closer-test-DigestLog"},
		versions:  map[string][]string{fakeKey: nil, fakeSigning: nil},
		functions: map[string]*functions.FunctionConfiguration{},
		codeURL:   codeURL,
		mapping: lambda.GetEventSourceMappingOutput{
			State: aws.String("Enabled"), EventSourceArn: aws.String(fakeStream), FunctionArn: aws.String(fakeFunctions + "closer-test-Closer"),
		},
		table: tables.TableDescription{
			TableName: aws.String(fakeTable), TableStatus: tables.TableStatusActive, DeletionProtectionEnabled: aws.Bool(true),
			GlobalSecondaryIndexes: []tables.GlobalSecondaryIndexDescription{
				{IndexName: aws.String("due"), IndexStatus: tables.IndexStatusActive},
				{IndexName: aws.String("journal"), IndexStatus: tables.IndexStatusActive},
			},
			StreamSpecification: &tables.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: tables.StreamViewTypeNewImage},
			LatestStreamArn:     aws.String(fakeStream),
		},
		backups:  tables.PointInTimeRecoveryStatusEnabled,
		expiry:   tables.TimeToLiveStatusEnabled,
		schedule: map[string]schedules.ScheduleState{"every-5-minutes": schedules.ScheduleStateEnabled, "daily": schedules.ScheduleStateEnabled, "mornings": schedules.ScheduleStateEnabled},
		queued:   map[string]string{"https://sqs/records": "0", "https://sqs/runs": "0"},
		messages: map[string][]*fakeMessage{}, hidden: "0", swept: func() {},
		subscribed: map[string]string{"SubscriptionsConfirmed": "1", "SubscriptionsPending": "0"},
		refused:    map[string]error{},
	}
	for handler, output := range map[string]string{
		"webhook": "WebhookFunction", "closer": "CloserFunction", "sweep": "SweepFunction", "reconcile": "ReconcileFunction", "operate": "OperateFunction", "digest": "DigestFunction",
	} {
		f.addFunction(handler, output, wooshPayURL)
	}
	return f
}

func (f *fakeAWS) addFunction(handler, output, wooshPayURL string) {
	name := map[string]string{"webhook": "closer-test-Webhook", "closer": "closer-test-Closer", "sweep": "closer-test-Sweep", "reconcile": "closer-test-Reconcile", "operate": "closer-test-Operate", "digest": "closer-test-Digest"}[handler]
	variables := map[string]string{"TABLE": fakeTable, "WOOSHPAY_URL": wooshPayURL}
	switch handler {
	case "webhook":
		variables["SIGNING_SECRET"], variables["SIGNATURE_MAX_AGE"] = fakeSigning, "80h"
	case "closer", "reconcile":
		variables["API_KEY_SECRET"] = fakeKey
	}
	if handler == "digest" {
		variables["ALARM_TOPIC"], variables["STACK"] = fakeTopic, fakeStack
	}
	if handler == "closer" || handler == "sweep" || handler == "operate" || handler == "digest" {
		variables["TABLE_MARK"] = fakeStream
	}
	f.outputs[output] = name
	f.functions[name] = &functions.FunctionConfiguration{
		Handler: aws.String(handler), MemorySize: aws.Int32(256), Timeout: aws.Int32(10), State: functions.StateActive,
		Architectures: []functions.Architecture{functions.ArchitectureArm64}, LastModified: aws.String("2026-03-02T09:00:00.000+0000"),
		Environment: &functions.EnvironmentResponse{Variables: variables},
	}
}

func (f *fakeAWS) cloud(context.Context) (*deployment.Cloud, error) {
	return &deployment.Cloud{Stacks: f, Secrets: f, Functions: f, Tables: f, Schedules: f, Queues: f, Topics: f, Logs: f}, nil
}

func awsError(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message}
}

func (f *fakeAWS) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	if *in.StackName != fakeStack {
		return nil, awsError("ValidationError", "Stack with id "+*in.StackName+" does not exist")
	}
	s := stacks.Stack{StackName: in.StackName, StackId: aws.String(f.stackID), StackStatus: f.status}
	for name, value := range f.outputs {
		s.Outputs = append(s.Outputs, stacks.Output{OutputKey: aws.String(name), OutputValue: aws.String(value)})
	}
	for name, value := range f.parameters {
		s.Parameters = append(s.Parameters, stacks.Parameter{ParameterKey: aws.String(name), ParameterValue: aws.String(value)})
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []stacks.Stack{s}}, f.refused["DescribeStacks"]
}

// GetTemplate gives every function the same timeout.
func (f *fakeAWS) GetTemplate(context.Context, *cloudformation.GetTemplateInput, ...func(*cloudformation.Options)) (*cloudformation.GetTemplateOutput, error) {
	var resources []string
	for _, name := range []string{"Webhook", "Closer", "Sweep", "Reconcile", "Operate", "Digest"} {
		resources = append(resources, fmt.Sprintf(`%q:{"Type":"AWS::Lambda::Function","Properties":{"Timeout":10}}`, name))
	}
	return &cloudformation.GetTemplateOutput{TemplateBody: aws.String(`{"Resources":{` + strings.Join(resources, ",") + `}}`)}, f.refused["GetTemplate"]
}

// ListStackResources has pages of one resource.
func (f *fakeAWS) ListStackResources(_ context.Context, in *cloudformation.ListStackResourcesInput, _ ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error) {
	names := []string{"CloserArmed", "SweepSchedule", "ReconcileSchedule", "DigestSchedule", "WebhookLog", "SweepLog", "ReconcileLog", "DigestLog"}
	at := 0
	if in.NextToken != nil {
		_, _ = fmt.Sscan(*in.NextToken, &at)
	}
	out := &cloudformation.ListStackResourcesOutput{}
	if id := f.resources[names[at]]; id != "" {
		out.StackResourceSummaries = []stacks.StackResourceSummary{{LogicalResourceId: aws.String(names[at]), PhysicalResourceId: aws.String(id)}}
	}
	if at+1 < len(names) {
		out.NextToken = aws.String(fmt.Sprint(at + 1))
	}
	return out, f.refused["ListStackResources"]
}

func (f *fakeAWS) DescribeSecret(_ context.Context, in *secretsmanager.DescribeSecretInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.DescribeSecretOutput, error) {
	if _, ok := f.versions[*in.SecretId]; !ok {
		return nil, &secrets.ResourceNotFoundException{Message: aws.String("no such secret")}
	}
	return &secretsmanager.DescribeSecretOutput{}, f.refused["DescribeSecret"]
}

func (f *fakeAWS) GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	if err := f.refused["GetSecretValue"]; err != nil {
		return nil, err
	}
	return ofRole{f}.GetSecretValue(ctx, in)
}

// ofRole reads secrets with a function's role, which has other rights than the operator.
type ofRole struct{ f *fakeAWS }

func (r ofRole) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	f := r.f
	at := len(f.versions[*in.SecretId]) - 1
	if aws.ToString(in.VersionStage) == "AWSPREVIOUS" {
		at--
	}
	if at < 0 {
		return nil, &secrets.ResourceNotFoundException{Message: aws.String("no value")}
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(f.versions[*in.SecretId][at])}, nil
}

func (f *fakeAWS) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	if err := f.refused["PutSecretValue"]; err != nil {
		return nil, err
	}
	f.versions[*in.SecretId] = append(f.versions[*in.SecretId], *in.SecretString)
	return &secretsmanager.PutSecretValueOutput{}, nil
}

func (f *fakeAWS) GetFunction(_ context.Context, in *lambda.GetFunctionInput, _ ...func(*lambda.Options)) (*lambda.GetFunctionOutput, error) {
	c, ok := f.functions[*in.FunctionName]
	if !ok || in.Qualifier != nil {
		return nil, &functions.ResourceNotFoundException{Message: aws.String("no such function")}
	}
	return &lambda.GetFunctionOutput{Configuration: c, Code: &functions.FunctionCodeLocation{Location: aws.String(f.codeURL)}}, f.refused["GetFunction"]
}

func (f *fakeAWS) GetEventSourceMapping(context.Context, *lambda.GetEventSourceMappingInput, ...func(*lambda.Options)) (*lambda.GetEventSourceMappingOutput, error) {
	m := f.mapping
	return &m, f.refused["GetEventSourceMapping"]
}

func (f *fakeAWS) DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error) {
	t := f.table
	return &dynamodb.DescribeTableOutput{Table: &t}, f.refused["DescribeTable"]
}

func (f *fakeAWS) DescribeContinuousBackups(context.Context, *dynamodb.DescribeContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeContinuousBackupsOutput, error) {
	return &dynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: &tables.ContinuousBackupsDescription{
		PointInTimeRecoveryDescription: &tables.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: f.backups},
	}}, nil
}

func (f *fakeAWS) DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error) {
	return &dynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: &tables.TimeToLiveDescription{
		AttributeName: aws.String("expires_at_s"), TimeToLiveStatus: f.expiry,
	}}, nil
}

func (f *fakeAWS) GetSchedule(_ context.Context, in *scheduler.GetScheduleInput, _ ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error) {
	state, ok := f.schedule[*in.Name]
	if !ok {
		return nil, &schedules.ResourceNotFoundException{Message: aws.String("no such schedule")}
	}
	target := map[string]string{"every-5-minutes": "closer-test-Sweep", "daily": "closer-test-Reconcile", "mornings": "closer-test-Digest"}[*in.Name] + f.startsVersion
	return &scheduler.GetScheduleOutput{
		State: state, Target: &schedules.Target{Arn: aws.String(fakeFunctions + target)}, ScheduleExpression: in.Name,
	}, f.refused["GetSchedule"]
}

func (f *fakeAWS) GetQueueAttributes(_ context.Context, in *sqs.GetQueueAttributesInput, _ ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	return &sqs.GetQueueAttributesOutput{Attributes: map[string]string{
		"ApproximateNumberOfMessages": f.queued[*in.QueueUrl], "ApproximateNumberOfMessagesNotVisible": f.hidden,
	}}, f.refused["GetQueueAttributes"]
}

func (f *fakeAWS) GetTopicAttributes(context.Context, *sns.GetTopicAttributesInput, ...func(*sns.Options)) (*sns.GetTopicAttributesOutput, error) {
	return &sns.GetTopicAttributesOutput{Attributes: f.subscribed}, f.refused["GetTopicAttributes"]
}

// FilterLogEvents gives the lines that the patterns of doctor choose, as CloudWatch Logs reads them: a JSON pattern with
// message equal to one of some texts, of which an asterisk ends one.
func (f *fakeAWS) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	if !strings.HasPrefix(*in.LogGroupName, "closer-test-") {
		return nil, &logs.ResourceNotFoundException{Message: aws.String("no such log group")}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var chosen []logs.FilteredLogEvent
	for _, event := range f.logs {
		if at := *event.Timestamp; at >= *in.StartTime && (in.EndTime == nil || at <= *in.EndTime) && matches(*in.FilterPattern, *event.Message) {
			chosen = append(chosen, event)
		}
	}
	at := 0
	if in.NextToken != nil {
		_, _ = fmt.Sscan(*in.NextToken, &at)
	}
	out := &cloudwatchlogs.FilterLogEventsOutput{Events: chosen[at:min(at+3, len(chosen))]}
	if at+3 < len(chosen) {
		out.NextToken = aws.String(fmt.Sprint(at + 3))
	}
	return out, f.refused["FilterLogEvents"]
}

func matches(pattern, line string) bool {
	var fields struct{ Message string }
	_ = json.Unmarshal([]byte(line), &fields)
	for _, part := range regexp.MustCompile(`\$\.message = "([^"]*)"`).FindAllStringSubmatch(pattern, -1) {
		start, isPrefix := strings.CutSuffix(part[1], "*")
		if fields.Message == start || isPrefix && strings.HasPrefix(fields.Message, start) {
			return true
		}
	}
	return false
}

// logged is the webhook's log, written at the stack's own time.
type logged struct{ w *deployed }

func (l logged) Write(line []byte) (int, error) {
	l.w.aws.log(l.w.at, string(line))
	return len(line), nil
}

func (f *fakeAWS) log(at time.Time, line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logs = append(f.logs, logs.FilteredLogEvent{Timestamp: aws.Int64(at.UnixMilli()), Message: aws.String(line)})
}
