package alarms_test

import (
	"testing"

	"disputecloser/internal/template"
)

// MiniStack allows these calls to everybody, so the template is read instead: who may see the alarms, and who may mail.
func TestOnlyTheDigestMayReadAlarms(t *testing.T) {
	const all = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"
	for _, role := range []string{"WebhookRole", "CloserRole", "SweepRole", "ReconcileRole", "OperateRole", "DigestRole"} {
		policy := template.Read(t).Policy(t, role)
		if got, want := policy.Allows("cloudwatch:DescribeAlarms", all), role == "DigestRole"; got != want {
			t.Errorf("%s may read alarms: %v, want %v", role, got, want)
		}
	}
	digest := template.Read(t).Policy(t, "DigestRole")
	for _, action := range []string{"cloudwatch:SetAlarmState", "cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions"} {
		if digest.Allows(action, all) {
			t.Errorf("the digest may %s", action)
		}
	}
	if !digest.Allows("sns:Publish", "Alarms") {
		t.Error("the digest may not mail")
	}
}
