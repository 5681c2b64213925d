package main

import (
	"context"
	"fmt"
	"time"

	"luukku/app"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Compute the whole audit log anew and say whether anything in it was changed. The server may be running."`
	Head   auditHeadCmd   `cmd:"" help:"Print the newest signed head of the audit log, to be kept somewhere else."`
}

type auditVerifyCmd struct {
	settings
	Head string `help:"A head that was kept somewhere else, as 'luukku audit head' printed it: the log must be a continuation of it." type:"existingfile" placeholder:"FILE"`
}

// Help is shown below the flags.
func (auditVerifyCmd) Help() string {
	return "Each line is hashed anew and held against the stored tree, and the tree against every signed head. So a line that was changed, moved or taken away by hand is " +
		"named. Whoever has the key file and the database could write the whole log anew: that shows against a head that was kept elsewhere (--head). Lines that were " +
		"written a moment ago are not sealed yet; how many they are, and how old, is told. The exit status is 1 when anything is wrong."
}

func (a auditVerifyCmd) Run(ctx context.Context) error {
	c, err := a.load("")
	if err != nil {
		return err
	}
	r, err := app.VerifyAudit(ctx, c, a.Head, progress)
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		fmt.Println(f)
	}
	fmt.Printf("%s and %s looked at.\n", counted(int(r.Lines), "sealed line"), counted(r.Heads, "signed head"))
	if r.Unsealed > 0 {
		age := time.Since(time.UnixMicro(r.OldestMicros)).Round(time.Second)
		fmt.Printf("%s not sealed yet, the oldest written %s ago.\n", counted(int(r.Unsealed), "line"), max(age, 0))
	}
	if n := len(r.Findings); n > 0 {
		return fmt.Errorf("the audit log was changed: %s found", counted(n, "trace"))
	}
	fmt.Println("The audit log is whole.")
	return nil
}

type auditHeadCmd struct{ settings }

func (a auditHeadCmd) Run(ctx context.Context) error {
	c, err := a.load("")
	if err != nil {
		return err
	}
	text, err := app.AuditHead(ctx, c)
	if err != nil {
		return err
	}
	fmt.Print(text)
	return nil
}
