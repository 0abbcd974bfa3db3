package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/cmd/disputectl/internal/deployment"
)

// expiry is the attribute by which budgets expire.
const expiry = "expires_at_s"

// indexes are the table's indexes, and what fails without each.
var indexes = []struct{ name, lost string }{
	{"due", "nothing that is due is found"},
	{"journal", "report, log and the list of finished cases find nothing"},
}

// mendTable says how to make the table what the template says of one that it creates.
func (p Target) mendTable() string {
	if p.adopted() == "" {
		return "deploy the stack again: the table is not as the template has it"
	}
	return "set it on table " + p.adopted() + ", as docs/restore.md says: no deployment changes a table that the stack has adopted"
}

// adopted returns the table that the stack has adopted, or nothing if it created its own.
func (p Target) adopted() string {
	name, _ := p.Stack.Parameter(deployment.TableName)
	return name
}

func (p Target) described(ctx context.Context) (*types.TableDescription, error) {
	name, err := p.Stack.Output(deployment.Table)
	if err != nil {
		return nil, err
	}
	out, err := p.Cloud.Tables.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	if err != nil {
		return nil, fmt.Errorf("look at table %s: %w", name, err)
	}
	return out.Table, nil
}

// table checks that the table works, and that what it holds is safe.
func (p Target) table(ctx context.Context) Finding {
	t, err := p.described(ctx)
	if err != nil {
		return unseen(err)
	}
	if t.TableStatus != types.TableStatusActive && t.TableStatus != types.TableStatusUpdating {
		return fail(p.mendTable(), "it is %s", t.TableStatus)
	}
	for _, index := range indexes {
		if !hasIndex(t, index.name) {
			return fail(p.mendTable(), "its index %q is missing or not ready: %s", index.name, index.lost)
		}
	}
	unsafe, err := p.unsafe(ctx, t)
	if err != nil {
		return unseen(err)
	}
	if len(unsafe) > 0 {
		return warn(p.mendTable(), "active, but %s", strings.Join(unsafe, ", "))
	}
	return ok("%s: active, with its indexes, backups and expiry", aws.ToString(t.TableName))
}

func hasIndex(t *types.TableDescription, name string) bool {
	for _, index := range t.GlobalSecondaryIndexes {
		if aws.ToString(index.IndexName) == name {
			return index.IndexStatus != types.IndexStatusCreating && index.IndexStatus != types.IndexStatusDeleting
		}
	}
	return false
}

// unsafe names what protects the items and is switched off.
func (p Target) unsafe(ctx context.Context, t *types.TableDescription) ([]string, error) {
	var off []string
	keep, _ := p.Stack.Parameter(deployment.DataPolicy)
	if keep == "Retain" && !aws.ToBool(t.DeletionProtectionEnabled) {
		off = append(off, "it can be deleted")
	}
	backups, err := p.Cloud.Tables.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: t.TableName})
	if err != nil {
		return nil, fmt.Errorf("look at the table's backups: %w", err)
	}
	if b := backups.ContinuousBackupsDescription; b == nil || b.PointInTimeRecoveryDescription == nil ||
		b.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusEnabled {
		off = append(off, "it has no point-in-time recovery")
	}
	ttl, err := p.Cloud.Tables.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: t.TableName})
	if err != nil {
		return nil, fmt.Errorf("look at the table's expiry: %w", err)
	}
	if d := ttl.TimeToLiveDescription; d == nil || aws.ToString(d.AttributeName) != expiry ||
		d.TimeToLiveStatus != types.TimeToLiveStatusEnabled && d.TimeToLiveStatus != types.TimeToLiveStatusEnabling {
		off = append(off, "old budgets do not expire")
	}
	return off, nil
}

func (p Target) stream(ctx context.Context) Finding {
	t, err := p.described(ctx)
	if err != nil {
		return unseen(err)
	}
	s := t.StreamSpecification
	switch {
	case s == nil || !aws.ToBool(s.StreamEnabled):
		return fail(p.mendTable(), "it is off: the closer starts with the next sweep only")
	case s.StreamViewType != types.StreamViewTypeNewImage && s.StreamViewType != types.StreamViewTypeNewAndOldImages:
		return fail(p.mendTable(), "it shows %s: the closer's filter needs new images", s.StreamViewType)
	}
	return ok("on, with new images")
}
