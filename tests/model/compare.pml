/*
 * Prints which row the model's table takes for every state, event and set of guards that hold: the same lines as
 * rows.c, for tests/model/compare.sh. guards.pml, made by rows.py, lets each guard hold when it is chosen.
 */
#include "words.pml"
#include "guards.pml"

byte st, ev, row, action, next, first, second;
bit all;

#include "table.pml"

inline tell()
{
    row = 0; action = 255; next = 255; ev = ev + 1;
    TABLE_find();
    ev = ev - 1;
    printf("when %d %d %d %d %d row %d\n", st, ev, first, second, all, row);
    if
    :: row != 0 -> printf("does %d %d %d\n", row, action, next)
    :: else
    fi
}

init
{
    d_step {
        for (st : 0 .. STATES - 1) {
            for (ev : 0 .. EVENTS - 1) {
                all = 1; first = 0; second = 0;
                tell();
                all = 0;
                for (first : 0 .. GUARDS - 1) {
                    for (second : 0 .. first) {
                        tell()
                    }
                }
            }
        }
    }
}
