# FIGURE, COLUMN and VALUE, a line each -> a table with a line for each figure, then what others are as multiples of the first
# column. Figures keep the order in which they came first.
BEGIN {
    FS = "\t"
    count = split(columns, column, " ")
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
    for (c = 2; c <= count; c++) printf " %15s", column[c] "/" substr(column[1], 1, index(column[1] "-", "-") - 1)
    print ""
    for (f = 1; f <= figures; f++) {
        printf "%-36s", figure[f]
        for (c = 1; c <= count; c++) printf " %13s", (figure[f], column[c]) in value ? value[figure[f], column[c]] : "-"
        ours = value[figure[f], column[1]]
        for (c = 2; c <= count; c++)
            printf " %15s", (figure[f], column[c]) in value && ours > 0 ? sprintf("%.1f", value[figure[f], column[c]] / ours) : "-"
        print ""
    }
}
