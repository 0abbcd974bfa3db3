package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedules "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	queues "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"disputecloser/cmd/disputectl/internal/deployment"
)

// mappingResource is the name that SAM gives to the closer's event Armed.
const mappingResource = "CloserArmed"

// resource returns the name of one of the stack's resources, or the finding that says why there is none.
func (p Target) resource(ctx context.Context, logicalID string) (string, Finding) {
	s, err := p.Stack.WithResources(ctx, p.Cloud.Stacks)
	if err != nil {
		return "", unseen(err)
	}
	name, err := s.Resource(logicalID)
	if err != nil {
		return "", fail("deploy the stack again", "%s", err)
	}
	return name, Finding{}
}

// starts reports whether an ARN is that of the function itself. One of a version or of an alias starts what no deployment
// changes.
func starts(arn, function string) bool { return strings.HasSuffix(arn, ":function:"+function) }

// mapping checks that the table's stream starts the closer.
func (p Target) mapping(ctx context.Context) Finding {
	id, f := p.resource(ctx, mappingResource)
	if id == "" {
		return f
	}
	m, err := p.Cloud.Functions.GetEventSourceMapping(ctx, &lambda.GetEventSourceMappingInput{UUID: aws.String(id)})
	if err != nil {
		return unseen(fmt.Errorf("look at the event source mapping %s: %w", id, err))
	}
	enable := "aws lambda update-event-source-mapping --enabled --uuid " + id
	t, err := p.described(ctx)
	last := aws.ToString(m.LastProcessingResult)
	switch state := aws.ToString(m.State); {
	case state == "Disabled" || state == "Disabling":
		return fail("if nobody did it on purpose: "+enable, "it is %s: the closer never starts", state)
	case !starts(aws.ToString(m.FunctionArn), p.output(deployment.CloserFunction)):
		return fail("deploy the stack again", "it starts %s, not the deployed closer", aws.ToString(m.FunctionArn))
	case err == nil && aws.ToString(t.LatestStreamArn) != aws.ToString(m.EventSourceArn):
		return fail(p.followStream(t), "it reads another stream than the table's")
	case strings.HasPrefix(last, "PROBLEM"):
		return warn("look at the closer's log", "%s, and its last run: %s", state, last)
	case state != "Enabled":
		return warn("run doctor again in a minute", "it is %s", state)
	}
	return ok("enabled")
}

// followStream says how to make the closer read the table's stream.
func (p Target) followStream(t *types.TableDescription) string {
	if p.adopted() == "" {
		return "deploy the stack again"
	}
	return "deploy the stack again with TableStreamArn=" + aws.ToString(t.LatestStreamArn)
}

// schedule checks that a schedule starts its function.
func (p Target) schedule(resource, output string) func(context.Context) Finding {
	return func(ctx context.Context) Finding {
		name, f := p.resource(ctx, resource)
		if name == "" {
			return f
		}
		s, err := p.Cloud.Schedules.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(name)})
		if err != nil {
			return unseen(fmt.Errorf("look at schedule %s: %w", name, err))
		}
		target := ""
		if s.Target != nil {
			target = aws.ToString(s.Target.Arn)
		}
		switch {
		case s.State != schedules.ScheduleStateEnabled:
			return fail("enable it in EventBridge Scheduler, or deploy the stack again", "schedule %s is %s", name, s.State)
		case !starts(target, p.output(output)):
			return fail("deploy the stack again", "schedule %s starts %s, not the deployed function", name, target)
		}
		return ok("%s", aws.ToString(s.ScheduleExpression))
	}
}

// queue checks that nothing was given up.
func (p Target) queue(output string) func(context.Context) Finding {
	return func(ctx context.Context) Finding {
		address, err := p.Stack.Output(output)
		if err != nil {
			return unseen(err)
		}
		out, err := p.Cloud.Queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: aws.String(address),
			AttributeNames: []queues.QueueAttributeName{
				queues.QueueAttributeNameApproximateNumberOfMessages, queues.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
			},
		})
		if err != nil {
			return unseen(fmt.Errorf("look at queue %s: %w", output, err))
		}
		n := 0
		for _, value := range out.Attributes {
			count, err := strconv.Atoi(value)
			if err != nil {
				return unknown("look at the queue in the console", "its length is %q", value)
			}
			n += count
		}
		if n > 0 {
			return fail("disputectl redrive --stack "+p.Stack.Name+" shows them, and clears what was healed", "%d in the queue: a run was given up", n)
		}
		return ok("none")
	}
}
