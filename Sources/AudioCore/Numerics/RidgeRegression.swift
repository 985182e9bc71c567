/// Linear regression of many outputs on many inputs that prefers small coefficients: W = (C'C + lambda I)^-1 C'D. Rows
/// are added one by one; sums are kept in double precision.
struct RidgeRegression {
    let inputs: Int
    let outputs: Int
    private(set) var rowCount = 0
    /// C'C, [inputs * inputs], lower triangle.
    private var products: [Double]
    /// C'D, [inputs * outputs].
    private var responses: [Double]

    init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
        products = [Double](repeating: 0, count: inputs * inputs)
        responses = [Double](repeating: 0, count: inputs * outputs)
    }

    /// - Parameters:
    ///   - input: [inputs].
    ///   - output: [outputs].
    mutating func add(_ input: [Float], _ output: [Float]) {
        let (inputs, outputs) = (inputs, outputs)
        rowCount += 1
        input.withUnsafeBufferPointer { c in
            output.withUnsafeBufferPointer { d in
                products.withUnsafeMutableBufferPointer { products in
                    responses.withUnsafeMutableBufferPointer { responses in
                        for i in 0..<inputs {
                            let value = Double(c[i])
                            let row = i * inputs
                            for k in 0...i { products[row + k] += value * Double(c[k]) }
                            let response = i * outputs
                            for k in 0..<outputs { responses[response + k] += value * Double(d[k]) }
                        }
                    }
                }
            }
        }
    }

    /// - Parameter lambda: above 0; weighs against the sum over all rows.
    /// - Returns: W, [inputs, outputs]; nil where the sums are not finite.
    func solution(lambda: Double) -> Matrix? {
        var matrix = products
        for i in 0..<inputs { matrix[i * inputs + i] += lambda }
        guard let factors = Cholesky(matrix, order: inputs) else { return nil }
        var result = Matrix(rows: inputs, columns: outputs)
        for column in 0..<outputs {
            let x = factors.solve((0..<inputs).map { responses[$0 * outputs + column] })
            for i in 0..<inputs { result[i, column] = Float(x[i]) }
        }
        return result.elements.allSatisfy(\.isFinite) ? result : nil
    }
}
