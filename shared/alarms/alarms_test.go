package alarms_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"disputecloser/shared/alarms"
)

// service answers with its alarms, or fails.
type service struct {
	asked *cloudwatch.DescribeAlarmsInput
	on    []types.MetricAlarm
	err   error
}

func (s *service) DescribeAlarms(_ context.Context, in *cloudwatch.DescribeAlarmsInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	s.asked = in
	return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: s.on}, s.err
}

func TestAlarmsAreNamedAsInTheTemplate(t *testing.T) {
	since := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	s := &service{on: []types.MetricAlarm{
		{AlarmName: aws.String("closer-live-FailedCloses-1ABCDEFGHIJKL"), StateTransitionedTimestamp: &since},
		{AlarmName: aws.String("closer-live-Short")}, {},
	}}
	got, err := alarms.On(t.Context(), s, "closer-live")
	want := []alarms.Alarm{{Name: "FailedCloses", Since: since}, {Name: "Short"}, {}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if *s.asked.AlarmNamePrefix != "closer-live-" || s.asked.StateValue != types.StateValueAlarm || *s.asked.MaxRecords != 100 {
		t.Errorf("asked %+v", s.asked)
	}
}

func TestAFailureNamesTheStack(t *testing.T) {
	s := &service{err: errors.New("AccessDenied")}
	if _, err := alarms.On(t.Context(), s, "closer-live"); !errors.Is(err, s.err) || !strings.Contains(err.Error(), "closer-live") {
		t.Errorf("got %v", err)
	}
}
