const lists: number[][] = [];
while (true) lists.push(new Array<number>(1 << 17).fill(1.5));
