// Package alarms reads which CloudWatch alarms of a stack are on.
package alarms

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// API is the part of CloudWatch's client that is used.
type API interface {
	DescribeAlarms(ctx context.Context, in *cloudwatch.DescribeAlarmsInput, options ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

// Alarm is an alarm that is on.
type Alarm struct {
	// Name is the alarm's name in the template.
	Name string
	// Since is when it went on; zero if unknown.
	Since time.Time
}

// pageSize is more than a stack has alarms, and all that one call may return.
const pageSize = 100

// On returns the alarms of a stack that are on, with one call. CloudFormation names them after the stack.
func On(ctx context.Context, api API, stack string) ([]Alarm, error) {
	prefix := stack + "-"
	out, err := api.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
		AlarmNamePrefix: &prefix, StateValue: types.StateValueAlarm, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(pageSize),
	})
	if err != nil {
		return nil, fmt.Errorf("read the alarms of stack %s: %w", stack, err)
	}
	// CloudFormation appends this to the name of a resource. It is compiled here, for the other functions do without it.
	random := regexp.MustCompile(`-[A-Za-z0-9]{8,}$`)
	var on []Alarm
	for _, a := range out.MetricAlarms {
		name := random.ReplaceAllString(strings.TrimPrefix(aws.ToString(a.AlarmName), prefix), "")
		on = append(on, Alarm{Name: name, Since: aws.ToTime(a.StateTransitionedTimestamp)})
	}
	return on, nil
}
