package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/task"
	"luukku/domain/mailbox"
)

// TaskPlanHooks is the kind of the task that looks which programs have something to be told, and TaskPrintWatch that of the one that looks after batches of which a printer says nothing.
const (
	TaskPlanHooks  = "outward.plan"
	TaskPrintWatch = "outward.print_watch"
)

// planHooks has the programs told that have something to be told.
func (d Deps) planHooks(ctx context.Context, _ task.Task) error {
	if d.Mailboxes == nil {
		return nil
	}
	return d.Mailboxes.PlanHooks(ctx)
}

// hook tells one program what happened. What it does not take is written down with when to try again, so the task itself has never failed by that.
func (d Deps) hook(ctx context.Context, t task.Task) error {
	var args mailbox.HookArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	disabled, err := d.Mailboxes.TellHook(ctx, args)
	if err != nil { // the next plan tries again; a task that is given up would keep that from it
		d.Log.Error("outward.hook_failed", "org", args.Org, "hook", args.Hook, "error", err.Error())
	}
	if disabled {
		d.Log.Warn("outward.hook_disabled", "org", args.Org, "hook", args.Hook)
	}
	return nil
}

// printWatch says which batches wait for a printer that says nothing. The page of the print room says so, too.
func (d Deps) printWatch(ctx context.Context, _ task.Task) error {
	if d.Mailboxes == nil {
		return nil
	}
	orgs, err := d.Store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		late, err := d.Mailboxes.LatePrint(ctx, o.ID)
		if err != nil {
			return err
		}
		for _, r := range late {
			d.Log.Warn("outward.print_late", "org", o.ID, "batch", r.ID, "letters", r.Open, "hours", (d.Now().Unix()-r.MadeAt)/3600)
		}
	}
	return nil
}
