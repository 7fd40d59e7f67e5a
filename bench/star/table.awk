# FIGURE, COLUMN and VALUE, a line each -> a table with a line for each figure, then what others are as multiples of ours, if
# that is the first column. Figures keep the order in which they came first.
function ratio(name, of) {
    if (!((name, of) in value) || value[name, column[1]] + 0 == 0) return "-"
    return sprintf("%.1f", value[name, of] / value[name, column[1]])
}
BEGIN {
    FS = "\t"
    count = split(columns, column, " ")
    ours = column[1] ~ /^mom/
}
{
    if (!($1 in seen)) {
        seen[$1] = 1
        figure[++figures] = $1
    }
    value[$1, $2] = $3
}
END {
    printf "%-36s", ""
    for (c = 1; c <= count; c++) printf " %13s", column[c]
    for (c = 2; c <= count && ours; c++) printf " %17s", column[c] "/mom"
    print ""
    for (f = 1; f <= figures; f++) {
        printf "%-36s", figure[f]
        for (c = 1; c <= count; c++) printf " %13s", (figure[f], column[c]) in value ? value[figure[f], column[c]] : "-"
        for (c = 2; c <= count && ours; c++)
            printf " %17s", ratio(figure[f], column[c])
        print ""
    }
}
